package io.remora.lab.process;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Finds the id of the program proper. Started directly it is the child of this JVM; behind {@code nsenter} it
 * is the only child of that child, a shell that waits.
 */
final class PidFinder {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Process process;
    private final boolean waitedFor;
    private volatile long known;

    PidFinder(Process process, boolean waitedFor) {
        this.process = process;
        this.waitedFor = waitedFor;
    }

    /** The id; empty when the program ended before it could be seen. */
    Optional<Long> pid() {
        if (!waitedFor) {
            return Optional.of(process.pid());
        }
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (known == 0) {
            Optional<ProcessHandle> child = process.children().findFirst();
            if (child.isPresent()) {
                known = child.get().pid();
            } else if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                return Optional.empty();
            } else {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
        return Optional.of(known);
    }
}
