package io.remora.agent;

import io.remora.config.ShutdownConfig;
import io.remora.relay.RelayServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How an agent ends. The relay goes on listening while it drains: the app may still connect. Thread-safe. */
final class Lifecycle {

    private static final Logger LOGGER = LoggerFactory.getLogger(Lifecycle.class);

    private final ShutdownConfig config;
    private final RelayServer relay;
    private final AgentStatus status;
    private final Runnable halt;
    private final AtomicInteger signals = new AtomicInteger();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final CompletableFuture<ExitCode> ended = new CompletableFuture<>();

    /**
     * @param halt ends the process at once
     */
    Lifecycle(ShutdownConfig config, RelayServer relay, AgentStatus status, Runnable halt) {
        this.config = config;
        this.relay = relay;
        this.status = status;
        this.halt = halt;
    }

    /** A signal to terminate came. */
    void terminate(String signal) {
        if (signals.getAndIncrement() > 0) {
            LOGGER.atWarn().addKeyValue("signal", signal).log("second signal, ending at once");
            halt.run();
        } else if (config.mode() == ShutdownConfig.Mode.SERVE) {
            status.setDraining();
            LOGGER.atInfo()
                    .addKeyValue("signal", signal)
                    .addKeyValue("active", relay.active())
                    .log("asked to end: serving on until POST /quitquitquit");
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
        status.setDraining();
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
