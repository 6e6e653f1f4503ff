/** What Remora decides about a connection, next to what a real kube-proxy programs for the same cluster. */
@NullMarked
package io.remora.lab.e2e.decisions;

import org.jspecify.annotations.NullMarked;
