package io.remora.balancer;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints that an algorithm draws from, with their weights and slow starts. A draw honours both: it is by weight,
 * and an endpoint in slow start is accepted with the part of its share that it gets by now, else another is drawn. What
 * was tried already is replaced by the first untried endpoint from there on, around the set. Immutable.
 */
final class CandidateSet {

    /** Nothing to draw from. */
    static final CandidateSet EMPTY = new CandidateSet(List.of(), SlowStarts.NONE);

    private static final int DRAWS =
            8; // with one warm endpoint among nine at a tenth, 5 of 6 picks are as they should be
    private static final int DISTINCT_DRAWS = 4;

    private final EndpointState[] states; // never changed
    private final @Nullable AliasTable weights; // null: all alike
    private final SlowStarts slowStarts;

    private CandidateSet(List<EndpointState> states, SlowStarts slowStarts) {
        this.states = states.toArray(new EndpointState[0]);
        this.weights = AliasTable.of(states);
        this.slowStarts = slowStarts;
    }

    static CandidateSet of(List<EndpointState> states, SlowStartRamp ramp) {
        return new CandidateSet(states, SlowStarts.of(ramp, states, states));
    }

    int size() {
        return states.length;
    }

    EndpointState state(int index) {
        return states[index];
    }

    /** Draws an index; that of an endpoint that was tried only if all were. */
    int draw(PickContext context) {
        RandomGenerator random = context.random();
        int index = drawByWeight(random);
        if (slowStarts.underWay(context.nowNanos())) {
            for (int i = 1; i < DRAWS && !accepts(index, context); i++) {
                index = drawByWeight(random);
            }
        }
        return untried(index, context);
    }

    /**
     * Draws another index, as {@link #draw} does. While somebody is in slow start it may be the same again: of two endpoints
     * the cold one would else be compared every time.
     */
    int drawOther(int first, PickContext context) {
        int index = drawDistinct(first, context.random());
        if (slowStarts.underWay(context.nowNanos())) {
            int draws = Math.min(DRAWS, states.length - 1);
            boolean accepted = accepts(index, context);
            for (int i = 1; i < draws && !accepted; i++) {
                index = drawDistinct(first, context.random());
                accepted = accepts(index, context);
            }
            if (!accepted) {
                index = first;
            }
        }
        return untried(index, context);
    }

    private int drawDistinct(int first, RandomGenerator random) {
        if (weights != null) {
            for (int i = 0; i < DISTINCT_DRAWS; i++) {
                int index = weights.draw(random);
                if (index != first) {
                    return index;
                }
            }
        }
        int index = draw(random, states.length - 1);
        return index >= first ? index + 1 : index; // distinct by construction
    }

    /**
     * Draws two indices, as {@link #draw} and {@link #drawOther} do; nearly always with one random number.
     *
     * @return for {@link #first(long)} and {@link #second(long)}
     */
    long drawTwo(PickContext context) {
        if (weights != null || context.triedCount() > 0 || slowStarts.underWay(context.nowNanos())) {
            int first = draw(context);
            return pair(first, drawOther(first, context));
        }
        long bits = context.random().nextLong();
        int first = (int) ((bits >>> Integer.SIZE) * states.length >>> Integer.SIZE);
        int second = (int) ((bits & 0xffff_ffffL) * (states.length - 1) >>> Integer.SIZE);
        return pair(first, second >= first ? second + 1 : second); // distinct by construction
    }

    private static long pair(int first, int second) {
        return (long) first << Integer.SIZE | second;
    }

    static int first(long pair) {
        return (int) (pair >>> Integer.SIZE);
    }

    static int second(long pair) {
        return (int) pair;
    }

    /** Returns whose turn it is, by weight. */
    int atTurn(int turn) {
        return weights == null ? turn % states.length : weights.atTurn(turn);
    }

    /** Tosses the coin of an endpoint that was drawn: true unless it is in slow start. */
    boolean accepts(int index, PickContext context) {
        long now = context.nowNanos();
        if (!slowStarts.underWay(now)) {
            return true;
        }
        double part = slowStarts.part(index, now);
        return part >= 1 || context.random().nextDouble() < part;
    }

    /** Returns the first index from the given one on, around the set, that was not tried; the same if all were. */
    int untried(int index, PickContext context) {
        if (context.triedCount() == 0) {
            return index;
        }
        for (int i = 0; i < states.length; i++) {
            int other = (index + i) % states.length;
            if (!context.tried(states[other])) {
                return other;
            }
        }
        return index;
    }

    private int drawByWeight(RandomGenerator random) {
        return weights == null ? draw(random, states.length) : weights.draw(random);
    }

    /** As {@code nextInt(bound)} but for a bias below bound / 2^32, and without a division. */
    private static int draw(RandomGenerator random, int bound) {
        return (int) (Integer.toUnsignedLong(random.nextInt()) * bound >>> 32);
    }
}
