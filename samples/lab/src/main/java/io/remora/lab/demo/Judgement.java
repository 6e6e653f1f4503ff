package io.remora.lab.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What makes each step true. Pure functions of what was measured. */
final class Judgement {
    /** How far a pod's share may be from the even one, in percent of it: chance alone takes a few percent. */
    static final int SPREAD_PERCENT = 25;

    /** From the moment a pod is ready to the first answer it gives. */
    static final Duration ADDED_WITHIN = Duration.ofSeconds(1);

    /** From the API server's return to the agent watching it again. */
    static final Duration RECONNECTED_WITHIN = Duration.ofSeconds(10);

    /** For nine of ten refused connections; the slowest may have met a busy machine. */
    static final Duration REFUSED_WITHIN = Duration.ofMillis(100);

    private Judgement() {}

    /** All pods answer, evenly, and nothing fails. */
    static StepResult spread(Tally tally, List<String> pods) {
        List<String> wrong = failures(tally);
        double even = (double) tally.answered() / pods.size();
        for (String pod : pods) {
            int answered = tally.answeredBy(pod);
            if (Math.abs(answered - even) > even * SPREAD_PERCENT / 100) {
                wrong.add(pod + " answered " + answered + ", an even share is " + Math.round(even));
            }
        }
        return result(
                wrong,
                tally.answered() + " requests, "
                        + String.join(
                                " : ",
                                pods.stream()
                                        .map(pod -> percent(tally.answeredBy(pod), tally.answered()))
                                        .toList()));
    }

    /**
     * No connection fails that began after the pod was dead, while the slices name it and afterwards.
     *
     * @param during requests since the pod began to die
     * @param after those of them that began when it was dead
     * @param lost requests that were in flight on it
     * @param retried connects that went to another endpoint since then
     */
    static StepResult killed(Tally during, Tally after, int lost, String pod, long retried) {
        List<String> wrong = failures(during);
        if (after.answeredBy(pod) > 0) {
            wrong.add(pod + " answered " + after.answeredBy(pod) + " requests after its death");
        }
        return result(
                wrong,
                after.answered() + " new connections, 0 failed"
                        + (retried > 0 ? " (" + retried + " retried)" : "") + "; " + lost
                        + " in flight on " + pod + " lost");
    }

    /** The first answer of a new pod comes soon after the API server was told that it is ready. */
    static StepResult added(Tally tally, String pod, Duration untilUsed) {
        List<String> wrong = failures(tally);
        if (untilUsed.compareTo(ADDED_WITHIN) > 0) {
            wrong.add(pod + " was used " + seconds(untilUsed) + " after it was ready, not within "
                    + seconds(ADDED_WITHIN));
        }
        return result(wrong, pod + " answered " + untilUsed.toMillis() + " ms after it was ready");
    }

    /**
     * Nothing fails while the API server is away and when it comes back; the agent knows, and watches it again.
     *
     * @param away how long it was stopped
     * @param aged by how much the agent said meanwhile that its state became older
     * @param told whether the agent said that it is not connected
     * @param reconnected from the API server's return to the agent's watches
     */
    static StepResult outage(Tally tally, Duration away, Duration aged, boolean told, Duration reconnected) {
        List<String> wrong = failures(tally);
        if (!told) {
            wrong.add("the agent did not tell that the API server was away");
        }
        if (aged.compareTo(away.multipliedBy(8).dividedBy(10)) < 0) {
            wrong.add("the age that the agent tells grew by " + seconds(aged) + " while the API server was away for "
                    + seconds(away));
        }
        if (reconnected.compareTo(RECONNECTED_WITHIN) > 0) {
            wrong.add("the agent did not watch again within " + seconds(RECONNECTED_WITHIN));
        }
        return result(
                wrong,
                tally.answered() + " requests, 0 failed; away " + seconds(away) + ", watched again after "
                        + seconds(reconnected));
    }

    /**
     * Each connection to a Service without endpoints is reset, at once.
     *
     * @param connections how many were tried
     * @param refused how many were reset or refused
     * @param p50 time to the reset in microseconds, as the others
     */
    static StepResult noEndpoints(int connections, int refused, long p50, long p90, long max) {
        List<String> wrong = new ArrayList<>();
        if (connections == 0) {
            wrong.add("no connection was tried");
        }
        if (refused < connections) {
            wrong.add((connections - refused) + " of " + connections + " connections were not reset");
        }
        if (p90 > REFUSED_WITHIN.toNanos() / 1000) {
            wrong.add("resets took " + millis(p90) + ", not less than " + REFUSED_WITHIN.toMillis() + " ms");
        }
        return result(wrong, connections + " connections reset in " + millis(p50) + " (slowest " + millis(max) + ")");
    }

    private static List<String> failures(Tally tally) {
        List<String> wrong = new ArrayList<>();
        if (tally.answered() == 0) {
            wrong.add("no request was answered");
        }
        if (tally.failed() > 0) {
            wrong.add(tally.failed() + " requests failed (" + tally.firstError() + ")");
        }
        return wrong;
    }

    private static StepResult result(List<String> wrong, String right) {
        return wrong.isEmpty() ? new StepResult(true, right) : new StepResult(false, String.join("; ", wrong));
    }

    private static String percent(int part, int whole) {
        return whole == 0 ? "0 %" : Math.round(100.0 * part / whole) + " %";
    }

    /** Seconds with one decimal. */
    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }

    /** Microseconds as milliseconds, with a decimal below ten. */
    static String millis(long micros) {
        return micros < 9_950
                ? String.format(Locale.ROOT, "%.1f ms", micros / 1000.0)
                : Math.round(micros / 1000.0) + " ms";
    }
}
