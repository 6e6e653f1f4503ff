package io.remora.lab.e2e.decisions;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Draws from a seed: the same seed, the same draws. Owned by one thread. */
final class Chance {

    private final SplittableRandom random;

    Chance(long seed, int stream) {
        this.random = new SplittableRandom(seed * 1_000_003 + stream);
    }

    boolean in(int percent) {
        return random.nextInt(100) < percent;
    }

    /** Both ends may be drawn. */
    int between(int low, int high) {
        return random.nextInt(low, high + 1);
    }

    @SafeVarargs
    final <T> T of(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Nothing in all other cases. */
    <T> @Nullable T perhaps(int percent, T choice) {
        return in(percent) ? choice : null;
    }

    <T> T of(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** Some of them, perhaps none, perhaps all, in their order. */
    <T> List<T> some(List<T> choices, int percent) {
        List<T> chosen = new ArrayList<>();
        for (T choice : choices) {
            if (in(percent)) {
                chosen.add(choice);
            }
        }
        return chosen;
    }
}
