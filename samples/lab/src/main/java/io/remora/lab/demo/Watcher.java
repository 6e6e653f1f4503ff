package io.remora.lab.demo;

import io.remora.lab.app.Threads;
import io.remora.lab.process.LabException;
import io.remora.lab.process.LabProcess;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the board up to date: reads the client's log, asks the agent four times a second, and has the screen drawn. Its threads
 * end with {@link #close()}. Thread-safe.
 */
final class Watcher implements AutoCloseable {
    private static final int TICK_MILLIS = 125;
    private static final int ASK_MILLIS = 250;

    private final Board board;
    private volatile boolean closed;
    private volatile @Nullable LabProcess load;
    private Duration largestAge = Duration.ZERO;
    private boolean away;

    Watcher(Board board) {
        this.board = board;
        Threads.daemon("painter", () -> repeat(TICK_MILLIS, () -> board.screen().tick(board.view())));
    }

    /** Asks this agent from now on. */
    void ask(AgentAdmin admin) {
        Threads.daemon("asker", () -> repeat(ASK_MILLIS, () -> heard(admin.status(Stage.WEB))));
    }

    /** Reads this client's log from now on. */
    void follow(LabProcess client) {
        load = client;
        Threads.daemon("tail", () -> {
            try (LogTail tail = new LogTail(client.logFile())) {
                repeat(20, () -> tail.lines().forEach(line -> Sample.parse(line).ifPresent(board.traffic()::add)));
            }
        });
    }

    private interface Work {
        void run();
    }

    private void repeat(int millis, Work work) throws InterruptedException {
        while (!closed) {
            work.run();
            Thread.sleep(millis);
        }
    }

    private synchronized void heard(Optional<AgentAdmin.Status> status) {
        if (status.isEmpty()) {
            board.api("the agent does not answer");
            return;
        }
        board.api(status.get().text());
        away |= !status.get().connected();
        Duration age = status.get().age();
        if (age != null && age.compareTo(largestAge) > 0) {
            largestAge = age;
        }
    }

    /** Begins anew to remember what the agent says of the API server. */
    synchronized void forgetAge() {
        largestAge = Duration.ZERO;
        away = false;
    }

    /** The largest age of its state that the agent told since {@link #forgetAge()}. */
    synchronized Duration largestAge() {
        return largestAge;
    }

    /** Whether the agent said since {@link #forgetAge()} that it does not watch the API server. */
    synchronized boolean wasAway() {
        return away;
    }

    /**
     * Ends a run whose client has died.
     *
     * @throws LabException with the end of its log
     */
    void check() {
        LabProcess client = load;
        if (client != null && !client.isAlive()) {
            throw new LabException("the client ended early\n"
                    + client.log()
                            .lines()
                            .filter(line -> Sample.parse(line).isEmpty())
                            .limit(20)
                            .reduce("", (all, line) -> all + line + "\n"));
        }
    }

    /** Ends its threads. */
    void end() {
        closed = true;
    }

    @Override
    public void close() {
        end();
    }
}
