package io.remora.balancer;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Keeps attempts after the first from multiplying the load where everything fails (Finagle {@code RetryBudget}, Envoy
 * {@code RetryBudget}): every connection and every second pay in, every further attempt takes one out. The seconds fill it up
 * to its reserve, what {@value #SECONDS} s of them bring, connections up to {@value #BURST} attempts beyond that; what was
 * paid in stays until it is taken out. It begins with the reserve. Lock-free.
 */
public final class RetryBudget {

    /** So many seconds' worth is the reserve. */
    static final int SECONDS = 10;

    /** Beyond the reserve, as many attempts as a burst may need. */
    private static final int BURST = 100;

    private static final long ATTEMPT = 1_000_000_000; // so that a nanosecond of one attempt a second is one

    private final AtomicLong balance = new AtomicLong();
    private final AtomicLong paidNanos;
    private final LongAdder exhausted = new LongAdder();
    private volatile BalancerConfig.Retry config;

    /** A budget with its whole reserve. */
    public RetryBudget(BalancerConfig.Retry config, long nowNanos) {
        this.config = config;
        this.paidNanos = new AtomicLong(nowNanos);
        this.balance.set(reserve(config));
    }

    /** A connection comes. */
    public void deposit() {
        BalancerConfig.Retry current = config;
        long part = ATTEMPT / 100 * current.budgetPercent();
        long most = reserve(current) + BURST * ATTEMPT;
        balance.updateAndGet(before -> Math.min(most, before + part));
    }

    /** Takes an attempt out; false if there is none left. */
    public boolean tryWithdraw(long nowNanos) {
        accrue(nowNanos);
        long before = balance.getAndUpdate(amount -> amount >= ATTEMPT ? amount - ATTEMPT : amount);
        return before >= ATTEMPT;
    }

    /** A connection was denied an attempt: told once, however often it asks. */
    public void denied() {
        exhausted.increment();
    }

    /** Connections so far that were {@linkplain #denied denied} an attempt for want of budget. */
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
