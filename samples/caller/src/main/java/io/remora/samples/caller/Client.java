package io.remora.samples.caller;

import java.util.concurrent.CompletableFuture;

/** Asks once, never again. Thread-safe. */
interface Client {

    /** The name of the server that answered, or what failed; it may block its caller until then. */
    CompletableFuture<String> call();
}
