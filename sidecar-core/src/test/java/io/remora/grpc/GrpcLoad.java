package io.remora.grpc;

import static org.awaitility.Awaitility.await;

import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Threads that make one call after another until it is closed. */
final class GrpcLoad implements AutoCloseable {

    final AtomicInteger answered = new AtomicInteger();
    final Collection<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
    private final ExecutorService threads;

    GrpcLoad(Channel channel, int count) {
        threads = Executors.newFixedThreadPool(count);
        for (int i = 0; i < count; i++) {
            threads.execute(() -> run(channel));
        }
    }

    private void run(Channel channel) {
        while (left.getAndDecrement() > 0) {
            try {
                GrpcCluster.call(channel);
                answered.incrementAndGet();
            } catch (StatusRuntimeException e) {
                failures.add(String.valueOf(e.getMessage()));
            }
        }
    }

    /** Waits until so many calls were made, give or take one a thread, and ends. */
    void finish(int calls) {
        left.set(calls - answered.get() - failures.size());
        end();
    }

    /** Waits until so many more calls were answered. */
    void more(int calls) {
        int before = answered.get();
        await().atMost(30, TimeUnit.SECONDS).until(() -> answered.get() >= before + calls);
    }

    /** Ends as soon as what is under way is over. */
    void stop() {
        left.set(0);
        end();
    }

    @Override
    public void close() {
        stop();
    }

    private void end() {
        threads.shutdown();
        await().atMost(50, TimeUnit.SECONDS).until(threads::isTerminated);
    }
}
