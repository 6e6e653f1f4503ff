package io.remora.outlier;

import java.util.concurrent.ThreadFactory;

/** The threads that wait for probes. */
final class ProbeThreads {

    private ProbeThreads() {}

    /** Daemons, so that a program that ends need not close anything. */
    static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
