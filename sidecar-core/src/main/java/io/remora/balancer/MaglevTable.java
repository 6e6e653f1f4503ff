package io.remora.balancer;

import io.remora.discovery.Endpoint;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The look-up table of a consistent hash (Eisenbud et al., Maglev: A Fast and Reliable Software Network Load Balancer, NSDI
 * 2016): the endpoints take places in turn, each in the order of its own permutation, so that all get the same number and
 * few places change their owner when an endpoint comes or goes. Weights as in Envoy: who has half the weight sits out every
 * other round. It depends on the endpoints' addresses, ports and weights alone: every agent makes the same. Immutable.
 */
final class MaglevTable {

    /** For up to {@link #SMALL_ENDPOINTS}: 16 KiB, and shares that differ by 2 % at most. */
    static final int SMALL = 4093;

    static final int SMALL_ENDPOINTS = 64;

    /** For more, as in the paper: 256 KiB, and shares that differ by 7 % at most for 1,000 endpoints. */
    static final int LARGE = 65_537;

    private static final int FREE = -1;

    private final EndpointState[] states; // in the order of their addresses
    private final long[] identities; // by the same index
    private final int[] weights;
    private final int[] places;

    private MaglevTable(EndpointState[] states, long[] identities, int[] weights, int[] places) {
        this.states = states;
        this.identities = identities;
        this.weights = weights;
        this.places = places;
    }

    static MaglevTable of(List<EndpointState> eligible) {
        EndpointState[] states = sorted(eligible);
        long[] identities = Arrays.stream(states)
                .mapToLong(state -> identity(state.endpoint()))
                .toArray();
        int[] weights = weights(states);
        int[] places = new int[states.length <= SMALL_ENDPOINTS ? SMALL : LARGE];
        Arrays.fill(places, FREE);
        if (states.length > 0) {
            fill(places, identities, weights);
        }
        return new MaglevTable(states, identities, weights, places);
    }

    private static void fill(int[] places, long[] identities, int[] weights) {
        int endpoints = identities.length;
        long[] offsets = new long[endpoints];
        long[] skips = new long[endpoints];
        for (int i = 0; i < endpoints; i++) {
            offsets[i] = Long.remainderUnsigned(identities[i], places.length);
            skips[i] = Long.remainderUnsigned(HashKey.mix(identities[i]), places.length - 1L) + 1;
        }
        int heaviest = Arrays.stream(weights).max().orElse(1);
        long[] due = new long[endpoints];
        int taken = 0;
        for (long round = 1; ; round++) {
            for (int i = 0; i < endpoints; i++) {
                if (round * weights[i] < due[i]) {
                    continue;
                }
                due[i] += heaviest;
                while (places[(int) offsets[i]] != FREE) {
                    offsets[i] = (offsets[i] + skips[i]) % places.length;
                }
                places[(int) offsets[i]] = i;
                if (++taken == places.length) {
                    return;
                }
            }
        }
    }

    private static long identity(Endpoint endpoint) {
        return HashKey.mix(HashKey.of(endpoint.ip()) + endpoint.port());
    }

    private static EndpointState[] sorted(List<EndpointState> eligible) {
        return eligible.stream()
                .sorted(Comparator.comparing(
                                (EndpointState state) -> state.endpoint().ip())
                        .thenComparingInt(state -> state.endpoint().port()))
                .toArray(EndpointState[]::new);
    }

    private static int[] weights(EndpointState[] states) {
        return Arrays.stream(states).mapToInt(EndpointState::weight).toArray();
    }

    /** Whether a table of these endpoints would be this one. */
    boolean isOf(List<EndpointState> eligible) {
        EndpointState[] others = sorted(eligible);
        return Arrays.equals(states, others) && Arrays.equals(weights, weights(others));
    }

    /** The endpoints, in the order of the indices that {@link #ownerOf} returns. */
    List<EndpointState> states() {
        return Arrays.asList(states);
    }

    EndpointState state(int index) {
        return states[index];
    }

    /** Returns a hash of the endpoint's address and port alone: the same whoever comes and goes. */
    long identityOf(int index) {
        return identities[index];
    }

    int size() {
        return places.length;
    }

    /** Returns the place of a hash. */
    int placeOf(long hash) {
        return (int) ((hash >>> 32) * places.length >>> 32);
    }

    /** Returns the index of the endpoint that has a place; there is one unless there are no endpoints. */
    int ownerOf(int place) {
        return places[place];
    }
}
