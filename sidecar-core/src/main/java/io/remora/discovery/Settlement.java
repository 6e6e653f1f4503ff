package io.remora.discovery;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The interests of a source that tells everything by itself: all of them are settled at one moment, when it has told what
 * there was. An interest that is closed before leaves nothing behind, however long that moment takes. Thread-safe.
 */
public final class Settlement {

    private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean settled;

    /** Settles every interest, those to come too. Idempotent. */
    public void settle() {
        settled = true;
        waiting.forEach(interest -> interest.future.complete(null));
        waiting.clear();
    }

    /** Whether {@link #settle()} was called. */
    public boolean isSettled() {
        return settled;
    }

    /** How many interests are open and not settled. */
    public int waiting() {
        return waiting.size();
    }

    /** Returns an interest, settled already or once {@link #settle()} is called. */
    public Interest interest() {
        Waiting interest = new Waiting();
        if (!settled) {
            waiting.add(interest);
        }
        // Read again: settle() may have gone through the set before this one was in it.
        if (settled) {
            waiting.remove(interest);
            interest.future.complete(null);
        }
        return interest;
    }

    private final class Waiting implements Interest {

        private final CompletableFuture<Void> future = new CompletableFuture<>();

        @Override
        public CompletionStage<Void> settled() {
            return future.minimalCompletionStage();
        }

        @Override
        public void close() {
            waiting.remove(this);
        }
    }
}
