package io.remora.spring;

import io.remora.embedded.Remora;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the watch before, and ends it after, everything else of the application that has a lifecycle. It never waits for
 * the API server: an application starts also while that is away.
 */
final class RemoraLifecycle implements SmartLifecycle {

    private final Remora remora;
    private volatile boolean running;

    RemoraLifecycle(Remora remora) {
        this.remora = remora;
    }

    @Override
    public void start() {
        remora.start();
        running = true;
    }

    /** A context that is only paused may start again, so the watch goes on until the context closes. */
    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }
}
