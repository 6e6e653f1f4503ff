/** Programs that the lab starts: what to run, where it runs, and the handle on what is running. */
@NullMarked
package io.remora.lab.process;

import org.jspecify.annotations.NullMarked;
