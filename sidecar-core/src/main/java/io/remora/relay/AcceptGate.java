package io.remora.relay;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Shut while the process is out of descriptors: the listeners of one event loop, which owns it, then leave the clients in
 * the kernel's queues. It looks again about ten times a second.
 */
final class AcceptGate {

    private static final long RETRY_NANOS = Duration.ofMillis(100).toNanos();

    private final RelayWorker worker;
    private final Set<Acceptor> waiting = new LinkedHashSet<>();
    private boolean paused;
    private boolean shut;

    AcceptGate(RelayWorker worker) {
        this.worker = worker;
    }

    boolean isShut() {
        return shut;
    }

    /** Has a listener accept once it opens. */
    void await(Acceptor acceptor) {
        waiting.add(acceptor);
    }

    void forget(Acceptor acceptor) {
        waiting.remove(acceptor);
    }

    /** Shuts it for a while. */
    void shut(int errno) {
        if (!paused) {
            paused = true;
            worker.context().listener().acceptPaused();
            if (worker.context().troubles().allows()) {
                worker.context()
                        .logger()
                        .atWarn()
                        .addKeyValue("reason", "errno " + errno)
                        .log("too few file descriptors or memory left: accepting is paused until connections end;"
                                + " raise the limit of open files (ulimit -n) of the relay");
            }
        }
        if (!shut) {
            shut = true;
            // Drawn, so that no event loop always comes first to what has become free.
            long delay = worker.context().random().get().nextLong(RETRY_NANOS / 2, RETRY_NANOS * 3 / 2);
            worker.schedule(this::retry, delay);
        }
    }

    private void retry() {
        shut = false;
        if (!worker.context().descriptors().hasRoom()) {
            shut(Errno.EMFILE);
            return;
        }
        List<Acceptor> again = List.copyOf(waiting);
        waiting.clear();
        again.forEach(Acceptor::accept); // those that come after one that shuts it wait again
        if (!shut) {
            paused = false;
            worker.context().listener().acceptResumed();
            worker.context().logger().atInfo().log("accepting again");
        }
    }
}
