/** A cluster on one machine: nodes and pods as network namespaces, with an API server. */
@NullMarked
package io.remora.lab;

import org.jspecify.annotations.NullMarked;
