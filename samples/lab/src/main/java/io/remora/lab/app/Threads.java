package io.remora.lab.app;

/** Threads that end with the program. */
public final class Threads {
    private Threads() {}

    /** Work that may fail because the other side went away. */
    public interface Work {
        void run() throws Exception;
    }

    /** Starts a daemon thread; a failure is a line on standard error. */
    public static Thread daemon(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Exception e) {
                        System.err.println(name + ": " + e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
