package io.remora.agent;

import io.remora.config.ShutdownConfig;
import io.remora.relay.RelayServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How an agent ends. The relay goes on listening while it drains: the app may still connect. In mode
 * {@link ShutdownConfig.Mode#SERVE} no signal ends it or changes anything. Thread-safe.
 */
final class Lifecycle {

    private static final Logger LOGGER = LoggerFactory.getLogger(Lifecycle.class);

    private final ShutdownConfig config;
    private final Relay relay;
    private final Runnable onDrain;
    private final Runnable halt;
    private final AtomicInteger signals = new AtomicInteger();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final CompletableFuture<ExitCode> ended = new CompletableFuture<>();

    /**
     * @param onDrain called when draining begins
     * @param halt ends the process at once
     */
    Lifecycle(ShutdownConfig config, Relay relay, Runnable onDrain, Runnable halt) {
        this.config = config;
        this.relay = relay;
        this.onDrain = onDrain;
        this.halt = halt;
    }

    /** What is drained. */
    interface Relay {

        /** Open connections. */
        int active();

        /** Waits for them to end; true if they did in time. */
        CompletionStage<Boolean> drain(Duration atMost);

        /** A server. */
        static Relay of(RelayServer server) {
            return new Relay() {
                @Override
                public int active() {
                    return server.active();
                }

                @Override
                public CompletionStage<Boolean> drain(Duration atMost) {
                    return server.drain(atMost);
                }
            };
        }
    }

    /** A signal to terminate came. */
    void terminate(String signal) {
        if (config.mode() == ShutdownConfig.Mode.SERVE) {
            if (draining.get()) {
                return;
            }
            LOGGER.atInfo()
                    .addKeyValue("signal", signal)
                    .addKeyValue("active", relay.active())
                    .log("asked to end: serving on until POST /quitquitquit");
        } else if (signals.getAndIncrement() > 0) {
            LOGGER.atWarn().addKeyValue("signal", signal).log("second signal, ending at once");
            halt.run();
        } else {
            drain(signal);
        }
    }

    /** Drains and ends, whatever the mode. */
    void quit() {
        drain("quitquitquit");
    }

    private void drain(String reason) {
        if (draining.getAndSet(true)) {
            return;
        }
        onDrain.run();
        LOGGER.atInfo()
                .addKeyValue("reason", reason)
                .addKeyValue("active", relay.active())
                .addKeyValue("timeout", config.timeout())
                .log("draining");
        relay.drain(config.timeout()).whenComplete((empty, problem) -> {
            LOGGER.atInfo()
                    .addKeyValue("active", relay.active())
                    .log(Boolean.TRUE.equals(empty) ? "drained" : "drain timed out");
            ended.complete(ExitCode.OK);
        });
    }

    /** Waits until the agent has ended. */
    ExitCode await() {
        return ended.join();
    }
}
