package io.remora.balancer;

import java.util.List;

/**
 * What a balancer may choose from. Immutable.
 *
 * @param eligible all that the Service's rules allow
 * @param usable those of them that may be picked freely: without the ejected ones and those on trial, or all of them if it
 *     panics
 * @param trials those that get one pick at a time, because their time of ejection is over
 * @param panic whether so many are ejected that it is not believed: everything eligible is usable
 */
public record Candidates(
        List<EndpointState> eligible, List<EndpointState> usable, List<EndpointState> trials, boolean panic) {

    /** Nothing. */
    public static final Candidates NONE = all(List.of());

    public Candidates {
        eligible = List.copyOf(eligible);
        usable = List.copyOf(usable);
        trials = List.copyOf(trials);
    }

    /** How many of the eligible ones are in that state now. */
    public int count(EndpointHealth.State state) {
        int count = 0;
        for (EndpointState endpoint : eligible) {
            count += endpoint.health().state() == state ? 1 : 0;
        }
        return count;
    }

    /** Everything that is eligible. */
    public static Candidates all(List<EndpointState> eligible) {
        return new Candidates(eligible, eligible, List.of(), false);
    }
}
