/** The demo: a Service, a client with Remora beside it, and what happens to its requests while pods and the API server go. */
@NullMarked
package io.remora.lab.demo;

import org.jspecify.annotations.NullMarked;
