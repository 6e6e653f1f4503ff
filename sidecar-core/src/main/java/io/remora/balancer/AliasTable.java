package io.remora.balancer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Draws an index by weight in constant time (Walker, 1974; Vose, A Linear Algorithm For Generating Random Numbers With a
 * Given Distribution, 1991). A draw chooses a column with the same chance, then tosses its coin between the column's own
 * index and another. Whole numbers only, so that it is the same everywhere. Immutable.
 */
final class AliasTable {

    private static final int COIN_BITS = 31;
    private static final int GOLDEN_RATIO =
            0x9e3779b9; // 2^32 / phi: its multiples fill the range evenly, in any number

    private final int[] thresholds; // a coin below: the column's own index
    private final int[] aliases;

    private AliasTable(int[] thresholds, int[] aliases) {
        this.thresholds = thresholds;
        this.aliases = aliases;
    }

    /** Makes a table of the endpoints' weights; null if all are alike. */
    static @Nullable AliasTable of(List<EndpointState> states) {
        int size = states.size();
        long[] scaled = new long[size];
        long total = 0;
        boolean even = true;
        for (int i = 0; i < size; i++) {
            int weight = states.get(i).weight();
            even &= weight == states.get(0).weight();
            scaled[i] = (long) weight * size;
            total += weight;
        }
        return even ? null : build(scaled, total);
    }

    /** @param total the mean of what each column is to hold */
    private static AliasTable build(long[] scaled, long total) {
        int[] thresholds = new int[scaled.length];
        int[] aliases = new int[scaled.length];
        Deque<Integer> small = new ArrayDeque<>();
        Deque<Integer> large = new ArrayDeque<>();
        for (int i = 0; i < scaled.length; i++) {
            aliases[i] = i; // full, unless something smaller than the mean remains in it
            (scaled[i] < total ? small : large).add(i);
        }
        while (!small.isEmpty() && !large.isEmpty()) {
            int poor = small.remove();
            int rich = large.remove();
            thresholds[poor] = (int) ((scaled[poor] << COIN_BITS) / total);
            aliases[poor] = rich;
            scaled[rich] -= total - scaled[poor];
            (scaled[rich] < total ? small : large).add(rich);
        }
        return new AliasTable(thresholds, aliases);
    }

    int draw(RandomGenerator random) {
        long bits = random.nextLong();
        int column = (int) ((bits >>> 32) * thresholds.length >>> 32);
        return toss(column, (int) bits);
    }

    /**
     * Returns whose turn it is. Every run of turns, as many as there are endpoints, visits each column once, and a column's
     * coins are spread evenly, so that each endpoint gets its share at regular distances.
     *
     * @param turn 0 or more
     */
    int atTurn(int turn) {
        int column = turn % thresholds.length;
        return toss(column, (turn / thresholds.length + column) * GOLDEN_RATIO);
    }

    private int toss(int column, int bits) {
        return bits >>> 1 < thresholds[column] ? column : aliases[column];
    }
}
