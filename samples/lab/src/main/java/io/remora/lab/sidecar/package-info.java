/** The sidecar in a pod: its init step and its agent, started by path as a manifest would. */
@NullMarked
package io.remora.lab.sidecar;

import org.jspecify.annotations.NullMarked;
