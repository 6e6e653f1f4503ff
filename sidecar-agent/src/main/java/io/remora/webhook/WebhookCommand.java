package io.remora.webhook;

import io.remora.config.Durations;
import io.remora.inject.InjectFlags;
import io.remora.inject.InjectOptions;
import io.remora.inject.Injector;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code remora webhook}: injects pods when they are created. */
@Command(
        name = "webhook",
        mixinStandardHelpOptions = true,
        description = "Serve an admission webhook that adds the init step and the agent to pods when they are created.",
        footer = {
            "",
            "POST /inject is for the API server; GET /ready and /metrics for everyone. docs/webhook.md has more."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "2:bad usage, or the certificate or its key is of no use",
            "3:the port cannot be listened on",
            "143:ended by SIGTERM, after --shutdown-delay"
        })
public final class WebhookCommand implements Callable<Integer> {

    private static final Logger LOGGER = LoggerFactory.getLogger(WebhookCommand.class);
    private static final int BAD_USAGE = 2;
    private static final int NO_PORT = 3;
    private static final Duration REFRESH = Duration.ofSeconds(10);

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8443", description = "Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            required = true,
            description = "PEM: the certificate and those that signed it; may be replaced at any time.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private Path certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            required = true,
            description = "PEM: its private key, PKCS#8, PKCS#1 or SEC 1, not encrypted; may be replaced at any time.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private Path key;

    @Option(
            names = "--on-refusal",
            paramLabel = "admit|deny",
            defaultValue = "admit",
            description =
                    "What becomes of a pod that cannot have an agent: created without, with a warning, or not created"
                            + " (default: ${DEFAULT-VALUE}).")
    private String onRefusal = "";

    @Option(
            names = "--shutdown-delay",
            paramLabel = "DURATION",
            defaultValue = "5s",
            description = "How long reviews are answered after SIGTERM, until no API server asks any more (default:"
                    + " ${DEFAULT-VALUE}).")
    private String shutdownDelay = "";

    @Mixin
    private InjectFlags flags = new InjectFlags();

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    private final String version;

    /** @param version of Remora */
    public WebhookCommand(String version) {
        this.version = version;
    }

    /**
     * Prepares the process, before addresses are first used in it. The JDK's server looks up the name of every client, and a name
     * server that is slow or away would keep each review waiting for seconds. In an empty hosts file it finds none at once, and
     * nothing else here needs names.
     */
    public static void prepare() {
        if (System.getProperty("jdk.net.hosts.file") == null) {
            System.setProperty("jdk.net.hosts.file", "/dev/null");
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        InjectOptions options = flags.options(spec.commandLine());
        if (!flags.hasServiceCidr()) {
            throw wrong("--service-cidr is missing: kubectl get servicecidrs");
        }
        Reviewer reviewer = new Reviewer(new Injector(options, version), onRefusal());
        Duration delay = delay();
        KeyPairFiles keys;
        try {
            keys = new KeyPairFiles(certificate, key);
        } catch (IOException e) {
            err.println(e.getMessage());
            return BAD_USAGE;
        }
        WebhookServer server;
        try {
            server = new WebhookServer(port, keys, REFRESH, reviewer);
        } catch (IOException | IllegalArgumentException e) {
            err.println("--port " + port + " cannot be listened on: " + e.getMessage());
            return NO_PORT;
        }
        LOGGER.atInfo()
                .addKeyValue("port", server.port())
                .addKeyValue("version", version)
                .addKeyValue("certificateUntil", server.certificateUntil())
                .log("webhook ready");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, delay), "remora-webhook-end"));
        new CountDownLatch(1).await(); // until SIGTERM ends the process
        return 0;
    }

    private static void end(WebhookServer server, Duration delay) {
        LOGGER.atInfo().addKeyValue("delay", delay).log("asked to end: serving on for the delay");
        server.drain();
        try {
            TimeUnit.MILLISECONDS.sleep(delay.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.close();
        LOGGER.atInfo().log("webhook ended");
    }

    private Reviewer.OnRefusal onRefusal() {
        for (Reviewer.OnRefusal each : Reviewer.OnRefusal.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(onRefusal)) {
                return each;
            }
        }
        throw wrong("--on-refusal " + onRefusal + ": give one of admit, deny");
    }

    private Duration delay() {
        try {
            return Durations.parse(shutdownDelay);
        } catch (IllegalArgumentException e) {
            throw wrong("--shutdown-delay: " + e.getMessage());
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
