package io.remora.relay;

import java.time.Duration;
import java.util.List;

/**
 * How many attempts of one connection were begun, and how long the newest is waited for before another one joins it. Not
 * thread-safe: one event loop owns it.
 */
final class Ladder {

    /** No other attempt may join, however long it takes. */
    static final long NO_STEP = -1;

    /**
     * An endpoint on trial has this part of the first step: it is likely to be sick still, and a client should not wait for
     * it as long as for one that is healthy as far as anybody knows.
     */
    private static final int TRIAL_STEP_PARTS = 4;

    private final RelayConfig.Connect config;
    private int begun;
    private int denied; // steps that passed in vain since, for want of budget
    private boolean trial; // the first attempt is one

    Ladder(RelayConfig.Connect config) {
        this.config = config;
    }

    int begun() {
        return begun;
    }

    /** A client whose connection was used for a trial gets another attempt, also where one is all that is set. */
    boolean hasMore() {
        return begun < config.maxAttempts() || isNextFree();
    }

    /** Whether the next attempt is one that a plain client would make as well: the first that is no trial. */
    boolean isNextFree() {
        return begun == 0 || begun == 1 && trial;
    }

    /** An attempt began. */
    void begin(Target target) {
        trial |= begun == 0 && target.isTrial();
        begun++;
        denied = 0;
    }

    /** A step passed, and there is no budget for another attempt. It is asked for again at the next. */
    void deny() {
        denied++;
    }

    /** How long to wait from now; {@link #NO_STEP} if all attempts were begun. */
    long waitNanos() {
        return hasMore()
                ? stepNanos(
                        Math.min(begun - 1 + denied, Math.max(0, config.steps().size() - 1)))
                : NO_STEP;
    }

    /**
     * How long an attempt may be silent until another one joins it.
     *
     * @param rung the number of the attempt, from 0; not the last
     */
    long stepNanos(int rung) {
        List<Duration> steps = config.steps().isEmpty() ? RelayConfig.Connect.DEFAULT.steps() : config.steps();
        long nanos = steps.get(rung).toNanos();
        return rung == 0 && trial ? nanos / TRIAL_STEP_PARTS : nanos;
    }
}
