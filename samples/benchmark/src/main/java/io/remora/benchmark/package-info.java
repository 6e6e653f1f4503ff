/**
 * Benchmarks that are run by hand: JMH for the paths that matter, and a harness for the size of a large cluster. Nothing
 * here is a test.
 */
@NullMarked
package io.remora.benchmark;

import org.jspecify.annotations.NullMarked;
