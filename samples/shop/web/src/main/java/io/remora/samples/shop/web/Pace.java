package io.remora.samples.shop.web;

import java.time.Duration;

/** When the next request is due. It ends by itself when nobody has looked for long. Thread-safe; times are of one clock, in nanoseconds. */
final class Pace {
    static final int MOST = 200;

    private static final Duration IDLE = Duration.ofMillis(50);
    /** What was missed for longer, as in a pause of the JVM, is not made up for. */
    private static final int MOST_MISSED = 20;

    private final Duration unseen;
    private int rate;
    private long seen;
    private long next;

    Pace(int rate, Duration unseen, long now) {
        this.unseen = unseen;
        rate(rate, now);
    }

    /** @param perSecond is brought into 0 to {@value #MOST} */
    synchronized void rate(int perSecond, long now) {
        rate = Math.max(0, Math.min(MOST, perSecond));
        seen = now;
        next = now;
    }

    synchronized void seen(long now) {
        seen = now;
    }

    synchronized int rate(long now) {
        if (now - seen > unseen.toNanos()) {
            rate = 0;
        }
        return rate;
    }

    /** How long until it ends, if nobody looks. */
    synchronized Duration left(long now) {
        return Duration.ofNanos(Math.max(0, unseen.toNanos() - (now - seen)));
    }

    /** How many requests are due; they count as sent. */
    synchronized int due(long now) {
        if (rate(now) == 0) {
            next = now;
            return 0;
        }
        long interval = interval();
        long late = now - next;
        if (late < 0) {
            return 0;
        }
        long due = late / interval + 1;
        next += due * interval;
        return (int) Math.min(due, MOST_MISSED);
    }

    /** How long to wait before asking again. */
    synchronized Duration untilNext(long now) {
        return rate(now) == 0 ? IDLE : Duration.ofNanos(Math.max(0, next - now));
    }

    private long interval() {
        return Duration.ofSeconds(1).toNanos() / rate;
    }
}
