/** Small servers and clients for the lab, each a process of its own: {@link io.remora.lab.app.LabApp} is their main class. */
@NullMarked
package io.remora.lab.app;

import org.jspecify.annotations.NullMarked;
