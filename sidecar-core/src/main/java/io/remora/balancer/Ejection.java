package io.remora.balancer;

/**
 * Why and for how long an endpoint is, or just was, ejected. Times are readings of the clock that the balancers were made
 * with.
 *
 * @param cause the rule that ejected it, in words and with its numbers
 * @param sinceNanos when it was ejected
 * @param untilNanos when it gets its next trial at the earliest
 * @param times how often in a row it was ejected, from 1: its time of ejection grows with it
 * @param byProbe whether probes ejected it: then it has no trial, and comes back when its probes succeed
 */
public record Ejection(String cause, long sinceNanos, long untilNanos, int times, boolean byProbe) {

    /** An ejection that ends with a trial. */
    public Ejection(String cause, long sinceNanos, long untilNanos, int times) {
        this(cause, sinceNanos, untilNanos, times, false);
    }
}
