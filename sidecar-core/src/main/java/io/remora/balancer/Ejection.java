package io.remora.balancer;

/**
 * Why and for how long an endpoint is, or just was, ejected. Times are readings of the clock that the balancers were made
 * with.
 *
 * @param cause the rule that ejected it, in words and with its numbers
 * @param sinceNanos when it was ejected
 * @param untilNanos when it gets its next trial at the earliest
 * @param times how often in a row it was ejected, from 1: its time of ejection grows with it
 */
public record Ejection(String cause, long sinceNanos, long untilNanos, int times) {}
