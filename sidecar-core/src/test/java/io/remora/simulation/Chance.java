package io.remora.simulation;

import java.util.random.RandomGenerator;

/**
 * SplitMix64 (Steele, Lea, Flood, 2014) with every derived draw written out here, so that the same seed gives the same draws on
 * every JDK. Not thread-safe.
 */
final class Chance implements RandomGenerator {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long state;

    Chance(long seed) {
        this.state = mix(seed + GOLDEN);
    }

    /** An independent stream of its own. */
    static Chance of(long seed, String purpose) {
        long label = 7;
        for (int i = 0; i < purpose.length(); i++) {
            label = label * 31 + purpose.charAt(i);
        }
        return new Chance(mix(seed) ^ mix(label * GOLDEN));
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public long nextLong() {
        state += GOLDEN;
        return mix(state);
    }

    @Override
    public int nextInt() {
        return (int) (nextLong() >>> 32);
    }

    @Override
    public int nextInt(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("bound must be positive: " + bound);
        }
        return (int) (((nextLong() >>> 33) * bound) >>> 31);
    }

    @Override
    public int nextInt(int origin, int bound) {
        return origin + nextInt(bound - origin);
    }

    @Override
    public long nextLong(long bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("bound must be positive: " + bound);
        }
        return (nextLong() >>> 1) % bound;
    }

    @Override
    public long nextLong(long origin, long bound) {
        return origin + nextLong(bound - origin);
    }

    @Override
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    @Override
    public boolean nextBoolean() {
        return nextLong() < 0;
    }

    /** Exponentially distributed. */
    double exponential(double mean) {
        return -mean * StrictMath.log(1 - nextDouble());
    }
}
