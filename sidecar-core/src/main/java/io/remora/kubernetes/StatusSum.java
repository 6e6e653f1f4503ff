package io.remora.kubernetes;

import io.remora.discovery.SourceStatus;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Adds up how several watches are doing. Used once, by one thread. */
final class StatusSum {

    /** Told in full at a time: with many watches each may have one. */
    private static final int MOST_PROBLEMS = 4;

    private final long now;
    private boolean connected = true;
    private @Nullable Duration age = Duration.ZERO;
    private final Set<String> problems = new LinkedHashSet<>();
    private int watches;

    StatusSum(long now) {
        this.now = now;
    }

    /** Adds a watch that must be established. */
    void add(WatchStatus watch) {
        watches++;
        connected &= watch.connected();
        Duration heard = watch.age(now);
        age = age == null || heard == null ? null : age.compareTo(heard) < 0 ? heard : age;
        String problem = watch.problem();
        if (problem != null) {
            problems.add(problem);
        }
    }

    /** Adds a watch that may just have begun, which is no problem. */
    void addLenient(WatchStatus watch) {
        if (watch.isBeginning()) {
            watches++;
        } else {
            add(watch);
        }
    }

    /** Adds what keeps the source from finding out what it was asked. */
    void addProblem(String problem) {
        connected = false;
        problems.add(problem);
    }

    SourceStatus status(boolean synced, ApiTransport transport, MalformedObjects malformed) {
        return new SourceStatus(
                synced, connected, age, watches, transport.connections(watches), malformed.count(), joined());
    }

    private @Nullable String joined() {
        if (problems.isEmpty()) {
            return null;
        }
        int more = problems.size() - MOST_PROBLEMS;
        return problems.stream().limit(MOST_PROBLEMS).collect(Collectors.joining(" | "))
                + (more > 0 ? " | and " + more + " more" : "");
    }
}
