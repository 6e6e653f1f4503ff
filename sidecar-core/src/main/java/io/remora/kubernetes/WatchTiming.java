package io.remora.kubernetes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Time-outs and back-off of the watches. All are more than zero.
 *
 * @param connectTimeout for a connection to the API server (setting {@code connect-timeout})
 * @param requestTimeout for the head of an answer, and for any pause within the answer to a list (setting
 *     {@code request-timeout})
 * @param watchLifetime after which the API server is asked to end a watch, which is then opened again where it ended;
 *     each takes between this and half of it, so that they do not come together (setting {@code watch-lifetime}). At
 *     least 10 s: an end within the last 2 s counts as planned
 * @param watchSilence without any sign of life on a watch its connection counts as dead (setting {@code watch-silence}).
 *     An API server sends a bookmark every 45 to 75 seconds
 * @param firstBackoff the largest pause after the first failure (setting {@code first-backoff})
 * @param maxBackoff the largest pause between attempts (setting {@code max-backoff}); it bounds how long a new API server
 *     goes unnoticed
 */
public record WatchTiming(
        Duration connectTimeout,
        Duration requestTimeout,
        Duration watchLifetime,
        Duration watchSilence,
        Duration firstBackoff,
        Duration maxBackoff) {

    /** The least watch lifetime. */
    public static final Duration SHORTEST_LIFETIME = Duration.ofSeconds(10);

    /** The defaults. */
    public static final WatchTiming DEFAULT = new WatchTiming(
            Duration.ofSeconds(3),
            Duration.ofSeconds(15),
            Duration.ofMinutes(10),
            Duration.ofSeconds(90),
            Duration.ofMillis(200),
            Duration.ofSeconds(5));

    /**
     * @throws IllegalArgumentException listing everything that is wrong
     */
    public WatchTiming {
        List<String> problems = new ArrayList<>();
        check(problems, "connect-timeout", connectTimeout);
        check(problems, "request-timeout", requestTimeout);
        check(problems, "watch-lifetime", watchLifetime);
        check(problems, "watch-silence", watchSilence);
        check(problems, "first-backoff", firstBackoff);
        check(problems, "max-backoff", maxBackoff);
        if (watchLifetime.compareTo(SHORTEST_LIFETIME) < 0) {
            problems.add("remora.kubernetes.watch-lifetime must be at least 10 s: " + watchLifetime);
        }
        if (maxBackoff.compareTo(firstBackoff) < 0) {
            problems.add("remora.kubernetes.max-backoff must not be less than first-backoff: " + maxBackoff);
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    private static void check(List<String> problems, String name, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofDays(1)) > 0) {
            problems.add("remora.kubernetes." + name + " must be more than zero and at most a day: " + value);
        }
    }
}
