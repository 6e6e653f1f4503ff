package io.remora.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadSchedulerTest {

    // Of its own: the thread of the test before may still be ending.
    private final String name = "scheduler-test-" + UUID.randomUUID();
    private final ThreadScheduler scheduler = new ThreadScheduler(name);

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void itsThreadStartsWithTheFirstTaskAndIsADaemon() throws Exception {
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(this::isItsThread);

        Thread thread = onThread();

        assertThat(isItsThread(thread)).isTrue();
        assertThat(thread.isDaemon()).isTrue();
        assertThat(onThread()).isSameAs(thread);
    }

    @Test
    void whatATaskThrowsStopsNoOther() throws Exception {
        scheduler.schedule(
                () -> {
                    throw new IllegalStateException("on purpose");
                },
                0);
        scheduler.schedule(
                () -> {
                    throw new StackOverflowError("on purpose");
                },
                0);

        assertThat(onThread()).isNotNull();
    }

    @Test
    void tasksRunInTheOrderOfTheirTimes() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        CountDownLatch last = new CountDownLatch(1);
        scheduler.schedule(
                () -> {
                    order.add("late");
                    last.countDown();
                },
                Duration.ofMillis(50).toNanos());
        scheduler.schedule(() -> order.add("early"), -5);

        assertThat(last.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(order).containsExactly("early", "late");
    }

    @Test
    void aCancelledTaskDoesNotRun() throws Exception {
        List<String> ran = new CopyOnWriteArrayList<>();
        Scheduler.Task task = scheduler.schedule(
                () -> ran.add("cancelled"), Duration.ofMillis(20).toNanos());
        task.cancel();
        task.cancel();
        CountDownLatch later = new CountDownLatch(1);
        scheduler.schedule(later::countDown, Duration.ofMillis(40).toNanos());

        assertThat(later.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).isEmpty();
    }

    @Test
    void afterTheEndTasksAreDropped() throws Exception {
        Thread thread = onThread();
        List<String> ran = new CopyOnWriteArrayList<>();
        scheduler.schedule(() -> ran.add("pending"), Duration.ofMillis(20).toNanos());
        scheduler.close();
        scheduler.schedule(() -> ran.add("late"), 0).cancel();

        thread.join(30_000);
        assertThat(thread.isAlive()).isFalse();
        assertThat(ran).isEmpty();
    }

    private Thread onThread() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        scheduler.schedule(() -> thread.complete(Thread.currentThread()), 0);
        return thread.get(30, TimeUnit.SECONDS);
    }

    private boolean isItsThread(Thread thread) {
        return thread.getName().equals(name);
    }
}
