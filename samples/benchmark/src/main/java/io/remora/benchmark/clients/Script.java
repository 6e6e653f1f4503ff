package io.remora.benchmark.clients;

import io.remora.benchmark.clients.Mark.Event;
import io.remora.lab.Pod;
import io.remora.lab.caller.CallerLog;
import io.remora.lab.process.LabException;
import io.remora.lab.process.ProcessSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** What happens to the pods while a client calls: the same for every client. */
final class Script {
    private static final Duration CALM = Duration.ofSeconds(10);
    /** A kubelet sees within about this time that a container has ended. */
    private static final Duration SEEN_BY_KUBELET = Duration.ofSeconds(1);

    private static final Duration AT_LEAST = Duration.ofSeconds(8);
    /** More than any cache of a peer keeps. */
    private static final Duration AT_MOST = Duration.ofSeconds(42);

    private static final Duration QUIET = Duration.ofSeconds(4);
    private static final Duration ILL = Duration.ofSeconds(12);
    private static final Duration BETWEEN_PODS = Duration.ofSeconds(2);
    /** As Spring Boot's documentation has it for a preStop hook. */
    private static final Duration PRE_STOP = Duration.ofSeconds(10);

    private static final Duration ROLLED_AT_LEAST = Duration.ofSeconds(20);

    private final Shop shop;
    private final CallerLog log;
    private final List<Mark> marks = new ArrayList<>();

    Script(Shop shop, CallerLog log) {
        this.shop = shop;
        this.log = log;
    }

    /** Plays it; pods 1 to 3 are the Service's. */
    List<Mark> play() {
        long begin = now();
        pass(CALM);
        mark(Event.CALM, begin, List.of());
        kill(shop.pod(1));
        scale();
        sick(shop.pod(1));
        hang(shop.pod(2));
        roll();
        return marks;
    }

    private void kill(Pod pod) {
        long begin = now();
        shop.process(pod).kill();
        pass(SEEN_BY_KUBELET);
        shop.ready(pod, false);
        watch(begin, AT_LEAST, () -> quietFor(QUIET));
        mark(Event.KILLED, begin, List.of());
        // The container is started again, as a kubelet does, in the same pod.
        shop.start(pod);
        shop.awaitServing(pod);
        shop.ready(pod, true);
        pass(QUIET);
    }

    private void scale() {
        List<String> fresh = names(4, 6);
        long begin = now();
        IntStream.rangeClosed(4, 6).forEach(number -> shop.add(shop.pod(number)));
        watch(
                begin,
                AT_LEAST,
                () -> fresh.stream().allMatch(name -> log.first(name).isPresent()));
        mark(Event.SCALED, begin, fresh);
    }

    private void sick(Pod pod) {
        long begin = now();
        pod.exec(ProcessSpec.of("touch", "/run/sick")).orThrow();
        watch(begin, ILL, () -> true);
        mark(Event.SICK, begin, List.of());
        pod.exec(ProcessSpec.of("rm", "/run/sick")).orThrow();
    }

    private void hang(Pod pod) {
        long begin = now();
        pod.pause();
        watch(begin, ILL, () -> true);
        mark(Event.HANGING, begin, List.of());
        pod.resume();
        pass(QUIET);
    }

    /** Three of the six are replaced: a new one is ready, an old one terminates, and ends when its preStop hook has. */
    private void roll() {
        long begin = now();
        List<Long> terminated = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            shop.add(shop.pod(6 + i));
            pass(BETWEEN_PODS);
            shop.terminating(shop.pod(i));
            terminated.add(now());
        }
        for (int i = 1; i <= 3; i++) {
            pass(Duration.ofMillis(terminated.get(i - 1) + PRE_STOP.toMillis() - now()));
            shop.end(shop.pod(i));
        }
        watch(begin, ROLLED_AT_LEAST, () -> quietFor(QUIET));
        mark(Event.ROLLED, begin, names(7, 9));
    }

    private List<String> names(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(number -> shop.pod(number).name())
                .toList();
    }

    private void mark(Event event, long begin, List<String> fresh) {
        marks.add(new Mark(event, begin, now(), fresh));
    }

    /** Lets the client call until it has settled, for so long at least. */
    private void watch(long begin, Duration least, BooleanSupplier settled) {
        while (now() - begin < least.toMillis() || (!settled.getAsBoolean() && now() - begin < AT_MOST.toMillis())) {
            pass(Duration.ofMillis(100));
        }
    }

    private boolean quietFor(Duration time) {
        long since = now() - time.toMillis();
        return log.failures().stream().noneMatch(failure -> failure.path("at").asLong() > since);
    }

    private void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        if (!log.process().isAlive()) {
            throw new LabException(log.process() + " ended in the middle of the script\n"
                    + log.process().log());
        }
    }

    private static long now() {
        return System.currentTimeMillis();
    }
}
