package io.remora.samples.caller;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls for as long as told, or until the application is asked to end, and prints lines of JSON: every failure, the first
 * answer of each server, each second, and at the end all together. {@code at} is in milliseconds since the epoch.
 */
final class Load implements ApplicationRunner, ApplicationListener<ContextClosedEvent> {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long WARM_UP = 30 * SECOND;

    private final CallOptions options;
    private final Client client;
    private final Samples samples = new Samples();
    private final Allocation allocation = new Allocation();
    private final Semaphore free;
    private final JsonMapper json = new JsonMapper();
    private final long clockOffsetMicros = System.currentTimeMillis() * 1000 - System.nanoTime() / 1000;
    private volatile long allocatedBefore;
    private volatile boolean ending;
    private int told;
    private boolean finished;

    Load(CallOptions options, Client client) {
        this.options = options;
        this.client = client;
        this.free = new Semaphore(options.threads());
    }

    @Override
    public void run(ApplicationArguments arguments) throws InterruptedException {
        warmUp();
        allocatedBefore = allocation.bytes();
        print(line("started", true));
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "call");
            thread.setDaemon(true);
            return thread;
        });
        Thread seconds = new Thread(this::everySecond, "seconds");
        seconds.setDaemon(true);
        seconds.start();
        long begin = System.nanoTime();
        long end = begin + options.seconds() * SECOND;
        for (long number = 0; !ending; number++) {
            long intended = options.rate() == 0 ? System.nanoTime() : begin + number * SECOND / options.rate();
            if (intended - end >= 0) {
                break;
            }
            waitUntil(intended);
            free.acquire();
            long start = options.rate() == 0 ? System.nanoTime() : intended;
            threads.execute(() -> call(start));
        }
        finish();
    }

    private void warmUp() throws InterruptedException {
        long end = System.nanoTime() + WARM_UP;
        for (int answered = 0; answered < options.warmUp() && !ending; ) {
            try {
                client.call().get(WARM_UP, TimeUnit.NANOSECONDS);
                answered++;
            } catch (ExecutionException | TimeoutException | RuntimeException e) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("nobody answers at " + options.target(), e);
                }
                waitUntil(System.nanoTime() + SECOND / 20);
            }
        }
    }

    private void waitUntil(long time) {
        for (long left = time - System.nanoTime(); left > 0 && !ending; left = time - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, SECOND / 20));
        }
    }

    private void call(long intended) {
        CompletableFuture<String> answer;
        try {
            answer = client.call();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        var unused = answer.whenComplete((name, problem) -> {
            over(intended, name, problem);
            free.release();
        });
    }

    private void over(long intended, @Nullable String name, @Nullable Throwable problem) {
        long micros = (System.nanoTime() - intended) / 1000;
        long begin = clockOffsetMicros + intended / 1000;
        String outcome = problem == null ? String.valueOf(name) : "!" + Failure.kind(problem);
        boolean first = samples.add(begin, micros, outcome);
        if (problem != null) {
            Map<String, Object> line = line("failed", outcome.substring(1));
            line.put("begun", begin / 1000);
            line.put("micros", micros);
            line.put("message", Failure.text(problem));
            print(line);
        } else if (first) {
            Map<String, Object> line = line("first", outcome);
            line.put("micros", micros);
            print(line);
        }
    }

    private void everySecond() {
        for (int second = 1; !ending; second++) {
            LockSupport.parkNanos(SECOND);
            if (ending) {
                return;
            }
            Map<String, Object> line = line("second", second);
            int size = samples.size();
            line.putAll(samples.summary(told, size));
            told = size;
            line.put("total", size);
            line.put("allocatedBytes", allocation.bytes());
            print(line);
        }
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        finish();
    }

    /** Waits for the calls that are under way, and tells what all were like; once. */
    private synchronized void finish() {
        ending = true;
        if (finished) {
            return;
        }
        finished = true;
        try {
            boolean all = free.tryAcquire(
                    options.threads(), options.timeout().multipliedBy(5).toMillis(), TimeUnit.MILLISECONDS);
            Map<String, Object> line = line("result", true);
            line.putAll(samples.summary(0, samples.size()));
            line.put("unfinished", all ? 0 : options.threads() - free.availablePermits());
            line.put("bytesPerCall", (allocation.bytes() - allocatedBefore) / Math.max(1, samples.size()));
            if (options.samples() != null) {
                samples.write(options.samples());
            }
            print(line);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException("the samples cannot be written to " + options.samples(), e);
        }
    }

    private static Map<String, Object> line(String key, Object value) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("at", System.currentTimeMillis());
        line.put(key, value);
        return line;
    }

    private void print(Map<String, Object> line) {
        System.out.println(json.writeValueAsString(line));
    }
}
