package io.remora.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.BalancerConfig.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AdmissionTest {

    private final Admission admission = new Admission();

    @Test
    void withoutLimitsEverybodyIsLetIn() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(admission.enter()).isTrue();
        }
        assertThat(admission.open()).isEqualTo(10_000);
        assertThat(admission.pending()).isEqualTo(10_000);
        assertThat(admission.refused()).isZero();
    }

    @Test
    void noMoreConnectThanMay() {
        admission.limits(new Limits(0, 2));
        assertThat(admission.enter()).isTrue();
        assertThat(admission.enter()).isTrue();
        assertThat(admission.enter()).isFalse();

        admission.connected();

        assertThat(admission.enter()).isTrue();
        assertThat(admission.open()).isEqualTo(3);
        assertThat(admission.pending()).isEqualTo(2);
        assertThat(admission.refused()).isEqualTo(1);
    }

    @Test
    void noMoreAreOpenThanMay() {
        admission.limits(new Limits(2, 0));
        assertThat(admission.enter()).isTrue();
        admission.connected();
        assertThat(admission.enter()).isTrue();
        assertThat(admission.enter()).isFalse();

        admission.leave(true);

        assertThat(admission.enter()).isTrue();
        admission.leave(false);
        admission.leave(false);
        assertThat(admission.open()).isZero();
        assertThat(admission.pending()).isZero();
    }

    @Test
    void aLowerLimitHoldsForThoseThatCome() {
        for (int i = 0; i < 3; i++) {
            assertThat(admission.enter()).isTrue();
        }

        admission.limits(new Limits(2, 0));

        assertThat(admission.open()).isEqualTo(3);
        assertThat(admission.enter()).isFalse();
        admission.leave(false);
        admission.leave(false);
        assertThat(admission.enter()).isTrue();
    }

    @Test
    void manyThreadsKeepTheLimitAndComeBackToZero() throws Exception {
        admission.limits(new Limits(3, 2));
        int threads = 4;
        int visits =
                5_000; // of each, however often it is sent away: a thread that is descheduled inside keeps its place
        CountDownLatch start = new CountDownLatch(1);
        AtomicInteger inside = new AtomicInteger();
        LongAdder sentAway = new LongAdder();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Integer>> results = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                Callable<Integer> visitor = () -> {
                    start.await();
                    int most = 0;
                    for (int i = 0; i < visits; i++) {
                        while (!admission.enter()) {
                            sentAway.increment();
                            Thread.onSpinWait();
                        }
                        most = Math.max(most, inside.incrementAndGet());
                        boolean connects = i % 3 != 0;
                        if (connects) {
                            admission.connected();
                        }
                        inside.decrementAndGet();
                        admission.leave(connects);
                    }
                    return most;
                };
                results.add(executor.submit(visitor));
            }
            start.countDown();
            for (Future<Integer> result : results) {
                assertThat(result.get(20, TimeUnit.SECONDS)).isBetween(1, 3);
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(admission.open()).isZero();
        assertThat(admission.pending()).isZero();
        assertThat(admission.refused()).isEqualTo(sentAway.sum());
    }
}
