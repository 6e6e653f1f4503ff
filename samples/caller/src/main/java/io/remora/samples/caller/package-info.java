/** A small application that serves and calls over HTTP and gRPC, and says precisely what became of each call. */
@org.jspecify.annotations.NullMarked
package io.remora.samples.caller;
