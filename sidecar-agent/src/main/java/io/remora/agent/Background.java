package io.remora.agent;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** Something that is made on a daemon thread of its own from now on. Thread-safe. */
final class Background<T> implements Supplier<T> {

    private final FutureTask<T> task;

    private Background(Supplier<? extends T> maker) {
        task = new FutureTask<>(maker::get);
    }

    static <T> Background<T> start(String thread, Supplier<? extends T> maker) {
        Background<T> begun = new Background<>(maker);
        Thread runner = new Thread(begun.task, thread);
        runner.setDaemon(true);
        runner.start();
        return begun;
    }

    /**
     * Waits for it.
     *
     * @throws RuntimeException what its maker threw
     * @throws CancellationException if this thread is interrupted meanwhile
     */
    @Override
    public T get() {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException problem) {
                throw problem;
            }
            if (e.getCause() instanceof Error problem) {
                throw problem;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }
}
