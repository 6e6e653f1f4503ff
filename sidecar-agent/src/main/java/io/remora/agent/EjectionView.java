package io.remora.agent;

import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointHealth;
import io.remora.balancer.EndpointState;
import io.remora.internal.Moments;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why an endpoint is not used like the others, as {@code /services} and {@code /explain} tell it.
 *
 * @param state {@code ejected}, or {@code trial} once its time is over and it has not proved itself yet
 * @param since when it was ejected: ISO 8601, in UTC
 * @param agoSeconds how long ago that was
 * @param until when its next trial may be; null if it has none, but comes back when its probes succeed
 * @param remainingSeconds how long that is from now; 0 if it is over, or if it has none
 * @param cause the rule that ejected it, with its numbers
 * @param times how often in a row it was ejected
 */
record EjectionView(
        String state,
        String since,
        long agoSeconds,
        @Nullable String until,
        long remainingSeconds,
        String cause,
        int times) {

    static final String EJECTED = "ejected";
    static final String TRIAL = "trial";

    private static final long DAY_SECONDS = Duration.ofDays(1).toSeconds();

    /** Returns what there is to tell of an endpoint; null if it is healthy. */
    static @Nullable EjectionView of(@Nullable EndpointState endpoint, Moments moments) {
        if (endpoint == null) {
            return null;
        }
        EndpointHealth.State state = endpoint.health().state();
        Ejection ejection = endpoint.health().ejection();
        if (state == EndpointHealth.State.HEALTHY || ejection == null) {
            return null;
        }
        Duration remaining = moments.since(ejection.untilNanos()).negated();
        return new EjectionView(
                state == EndpointHealth.State.EJECTED ? EJECTED : TRIAL,
                moments.at(ejection.sinceNanos()).toString(),
                moments.since(ejection.sinceNanos()).toSeconds(),
                ejection.byProbe() ? null : moments.at(ejection.untilNanos()).toString(),
                ejection.byProbe() || remaining.isNegative()
                        ? 0
                        : remaining.plusMillis(999).toSeconds(),
                ejection.cause(),
                ejection.times());
    }

    /** Whether new connections keep away from it. */
    boolean isEjected() {
        return state.equals(EJECTED);
    }

    /** For people: who is out, since when, why and until when. */
    String text() {
        String when = (agoSeconds < DAY_SECONDS ? since.substring(since.indexOf('T') + 1) : since) + " (" + agoSeconds
                + " s ago)";
        String repeated = times > 1 ? ", for the " + ordinal(times) + " time in a row" : "";
        return isEjected()
                ? "ejected since " + when + repeated + ": " + cause + "; " + comeback()
                : "on trial, one connection at a time until one is answered; ejected at " + when + repeated + ": "
                        + cause;
    }

    private String comeback() {
        if (until == null) {
            return "comes back when its probes succeed";
        }
        return remainingSeconds > 0 ? "next trial in " + remainingSeconds + " s" : "its trial is due";
    }

    /** The same in few words. */
    String shortText() {
        if (!isEjected()) {
            return "on trial";
        }
        return until == null ? "ejected by its probes" : "ejected for " + remainingSeconds + " s more";
    }

    private static String ordinal(int number) {
        boolean teen = number % 100 / 10 == 1;
        return number
                + switch (teen ? 0 : number % 10) {
                    case 1 -> "st";
                    case 2 -> "nd";
                    case 3 -> "rd";
                    default -> "th";
                };
    }
}
