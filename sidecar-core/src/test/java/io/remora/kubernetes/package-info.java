/** Tests of the Kubernetes source: on a virtual clock, against a scripted API server, and against a real one. */
@NullMarked
package io.remora.kubernetes;

import org.jspecify.annotations.NullMarked;
