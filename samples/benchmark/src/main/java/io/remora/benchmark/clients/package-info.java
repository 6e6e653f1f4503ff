/** Balancers of the JVM side by side: the same application, each with another one, through the same events. */
@org.jspecify.annotations.NullMarked
package io.remora.benchmark.clients;
