package io.remora.samples.shop.web;

import jakarta.annotation.PreDestroy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Customers that this pod makes up: each looks at a product, and none comes twice because something failed. Thread-safe. */
@Component
class Load {
    private static final List<String> PRODUCTS =
            List.of("kettle", "teapot", "mug", "lamp", "chair", "clock", "rug", "vase");
    private static final int MOST_AT_A_TIME = 100;
    private static final int FAILURES = 5;

    private final Shop shop;
    private final Pace pace;
    private final ThreadPoolExecutor workers;
    private final Thread clock;
    private final Deque<String> lastFailures = new ArrayDeque<>();
    private long sent;
    private long failed;
    private volatile boolean ended;

    Load(Shop shop, ShopSettings settings) {
        this.shop = shop;
        this.pace = new Pace(settings.load().rate(), settings.load().unseen(), System.nanoTime());
        this.workers = new ThreadPoolExecutor(0, MOST_AT_A_TIME, 30, TimeUnit.SECONDS, new SynchronousQueue<>());
        this.clock = new Thread(this::run, "load");
        clock.setDaemon(true);
    }

    /**
     * How it goes.
     *
     * @param rate requests per second
     * @param most what the rate may be
     * @param endsInSeconds when it ends if nobody looks any more
     * @param sent so far
     * @param failed of them
     * @param lastFailures what was wrong, the last first
     */
    record State(int rate, int most, long endsInSeconds, long sent, long failed, List<String> lastFailures) {}

    @EventListener(ApplicationReadyEvent.class)
    void begin() {
        clock.start();
    }

    /** Somebody looks. */
    void seen() {
        pace.seen(System.nanoTime());
    }

    /** @param perSecond 0 to {@value Pace#MOST} */
    void rate(int perSecond) {
        pace.rate(perSecond, System.nanoTime());
    }

    State state() {
        long now = System.nanoTime();
        synchronized (lastFailures) {
            return new State(
                    pace.rate(now), Pace.MOST, pace.left(now).toSeconds(), sent, failed, List.copyOf(lastFailures));
        }
    }

    private void run() {
        while (!ended) {
            for (int due = pace.due(System.nanoTime()); due > 0; due--) {
                send();
            }
            LockSupport.parkNanos(pace.untilNext(System.nanoTime()).toNanos());
        }
    }

    private void send() {
        try {
            workers.execute(this::once);
        } catch (RejectedExecutionException e) {
            count("not sent: " + MOST_AT_A_TIME + " requests are under way");
        }
    }

    private void once() {
        String product = PRODUCTS.get(ThreadLocalRandom.current().nextInt(PRODUCTS.size()));
        try {
            boolean found = shop.product(product).isPresent();
            count(found ? "" : "no product " + product);
        } catch (PartFailedException e) {
            count(e.part().label() + ": " + e.getMessage());
        }
    }

    private void count(String failure) {
        synchronized (lastFailures) {
            sent++;
            if (!failure.isEmpty()) {
                failed++;
                lastFailures.addFirst(failure);
                if (lastFailures.size() > FAILURES) {
                    lastFailures.removeLast();
                }
            }
        }
    }

    @PreDestroy
    void end() {
        ended = true;
        clock.interrupt();
        workers.shutdownNow();
    }
}
