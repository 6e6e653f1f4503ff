package io.remora.balancer;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Keeps attempts after the first from multiplying the load where everything fails (Finagle {@code RetryBudget}, Envoy
 * {@code RetryBudget}): every connection pays a part of an attempt in, every further attempt takes one out. It holds what
 * {@value #SECONDS} s bring at most, and is full at the beginning. Lock-free.
 */
public final class RetryBudget {

    /** For how long what was paid in is kept. */
    static final int SECONDS = 10;

    private static final long ATTEMPT = 1_000_000_000; // so that a nanosecond of one attempt a second is one

    private final AtomicLong balance = new AtomicLong();
    private final AtomicLong paidNanos;
    private final LongAdder exhausted = new LongAdder();
    private volatile BalancerConfig.Retry config;

    /** A full budget. */
    public RetryBudget(BalancerConfig.Retry config, long nowNanos) {
        this.config = config;
        this.paidNanos = new AtomicLong(nowNanos);
        this.balance.set(reserve(config));
    }

    /** A connection comes. */
    public void deposit() {
        BalancerConfig.Retry current = config;
        long part = ATTEMPT / 100 * current.budgetPercent();
        long most = reserve(current) + 100 * ATTEMPT; // beyond the reserve, as much as a burst may need
        balance.updateAndGet(before -> Math.min(most, before + part));
    }

    /** Takes an attempt out; false if there is none left. */
    public boolean tryWithdraw(long nowNanos) {
        accrue(nowNanos);
        long before = balance.getAndUpdate(amount -> amount >= ATTEMPT ? amount - ATTEMPT : amount);
        if (before >= ATTEMPT) {
            return true;
        }
        exhausted.increment();
        return false;
    }

    /** Attempts so far that were not made for want of budget. */
    public long exhausted() {
        return exhausted.sum();
    }

    void config(BalancerConfig.Retry newer) {
        config = newer;
    }

    private void accrue(long nowNanos) {
        long paid = paidNanos.get();
        long elapsed = nowNanos - paid;
        if (elapsed > 0 && paidNanos.compareAndSet(paid, nowNanos)) {
            BalancerConfig.Retry current = config;
            long most = Math.max(balance.get(), reserve(current));
            long earned = Math.min(elapsed, SECONDS * ATTEMPT) * current.minPerSecond();
            balance.updateAndGet(before -> Math.min(most, before + earned));
        }
    }

    private static long reserve(BalancerConfig.Retry config) {
        return SECONDS * ATTEMPT * config.minPerSecond();
    }
}
