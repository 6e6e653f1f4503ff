package io.remora.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SerialExecutorTest {

    private final ExecutorService threads = Executors.newFixedThreadPool(4);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void tasksOfManyThreadsRunOneAtATimeAndInTheOrderOfEachThread() throws InterruptedException {
        SerialExecutor serial = new SerialExecutor(threads);
        List<List<Integer>> seen = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        AtomicInteger running = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(3_000);
        for (int sender = 0; sender < 3; sender++) {
            int id = sender;
            new Thread(() -> {
                        for (int i = 0; i < 1_000; i++) {
                            int number = i;
                            serial.execute(() -> {
                                overlaps.addAndGet(running.getAndIncrement());
                                seen.get(id).add(number);
                                running.decrementAndGet();
                                done.countDown();
                            });
                        }
                    })
                    .start();
        }

        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(overlaps).hasValue(0);
        assertThat(seen).allSatisfy(numbers -> assertThat(numbers).isSorted().hasSize(1_000));
    }

    @Test
    void aTaskThatThrowsDoesNotStopTheNext() {
        List<String> ran = new ArrayList<>();
        SerialExecutor serial = new SerialExecutor(Runnable::run);

        serial.execute(() -> {
            throw new IllegalStateException("expected by the test");
        });
        serial.execute(() -> {
            throw new OutOfMemoryError("expected by the test");
        });
        serial.execute(() -> ran.add("next"));

        assertThat(ran).containsExactly("next");
    }

    @Test
    void aRejectedTaskIsNotRunLater() {
        List<String> ran = new ArrayList<>();
        List<Runnable> accepted = new ArrayList<>();
        AtomicInteger calls = new AtomicInteger();
        SerialExecutor serial = new SerialExecutor(task -> {
            if (calls.getAndIncrement() == 0) {
                throw new RejectedExecutionException("full");
            }
            accepted.add(task);
        });

        assertThatThrownBy(() -> serial.execute(() -> ran.add("rejected")))
                .isInstanceOf(RejectedExecutionException.class);
        serial.execute(() -> ran.add("second"));
        accepted.forEach(Runnable::run);

        assertThat(ran).containsExactly("second");
    }
}
