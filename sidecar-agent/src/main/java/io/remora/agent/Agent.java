package io.remora.agent;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.epoll.Epoll;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.remora.balancer.BalancerRegistry;
import io.remora.config.ConfigException;
import io.remora.config.ConfigReader;
import io.remora.config.RemoraConfig;
import io.remora.config.ServiceAnnotations;
import io.remora.discovery.DiscoverySource;
import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Moments;
import io.remora.internal.ThreadScheduler;
import io.remora.internal.Ticker;
import io.remora.logging.HealthLog;
import io.remora.logging.RegistryLog;
import io.remora.metrics.Meters;
import io.remora.metrics.RemoraMetrics;
import io.remora.metrics.SourceMeters;
import io.remora.outlier.HealthListeners;
import io.remora.outlier.HealthRegistry;
import io.remora.outlier.SocketProber;
import io.remora.registry.ServiceRegistry;
import io.remora.relay.CaptureSockets;
import io.remora.relay.RefusalBuckets;
import io.remora.relay.RelayConfig;
import io.remora.relay.RelayServer;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running agent: source, registry, balancers, relay, metrics and admin server, wired in the order of the flow. Its
 * capture sockets are bound before anything else is even loaded: connections may come at any time, and wait in them.
 */
final class Agent implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Agent.class);

    private final RemoraConfig config;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(Agent::writerThread);
    private final ThreadScheduler healthTimer = new ThreadScheduler("remora-health");
    private final HealthRegistry health;
    private final RegistryLog registryLog;
    private final ServiceRegistry registry;
    private final RefusalBuckets refusal;
    private final RelayServer relay;
    private final AdminServer admin;
    private final AgentStatus status;
    private final Lifecycle lifecycle;

    /**
     * @param lateSource not started; asked for as late as possible
     */
    private Agent(ConfigReader.Loaded loaded, Supplier<? extends DiscoverySource> lateSource, Runnable halt) {
        config = loaded.config();
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        RemoraMetrics metrics = new RemoraMetrics(meters, InstantSource.system());
        ServiceAnnotations annotations = new ServiceAnnotations(config.balancer(), config.health());
        HealthLog healthLog = new HealthLog(Moments.SYSTEM);
        health = new HealthRegistry(
                annotations.healthRules(),
                new HealthListeners(List.of(metrics, healthLog)),
                Ticker.SYSTEM,
                healthTimer,
                ThreadLocalRandom::current,
                SocketProber::new,
                CircuitBreakerRegistry::ofDefaults);
        BalancerRegistry balancers = new BalancerRegistry(annotations.balancerRules(), health, metrics, Ticker.SYSTEM);
        metrics.observe(balancers);
        DiscoverySource source = lateSource.get();
        registryLog = new RegistryLog(() -> source.status().problem());
        refusal = new RefusalBuckets(config.refusal());
        registry = new ServiceRegistry(
                config.registry(),
                source,
                List.of(balancers, annotations, metrics, registryLog, healthLog, refusal),
                writer);
        relay = new RelayServer(config.relay(), registry, balancers, metrics, refusal);
        status = new AgentStatus(registry, relay::isHolding, () -> acceptPaused(meters));
        lifecycle = new Lifecycle(config.shutdown(), Lifecycle.Relay.of(relay), status::setDraining, halt);
        SourceMeters.register(meters, registry);
        SourceMeters.registerGone(meters, registry, balancers);
        SourceMeters.registerBuild(meters, Version.current());
        admin = new AdminServer(routes(loaded, balancers, meters));
    }

    private AdminRoutes routes(ConfigReader.Loaded loaded, BalancerRegistry balancers, PrometheusMeterRegistry meters) {
        StatusPages statusPages = new StatusPages(status);
        LoggingPage logging = new LoggingPage(LogSetup.context());
        return new AdminRoutes()
                .get(
                        "/ready",
                        "200 once connections do not wait for the start; says what is degraded",
                        statusPages::ready)
                .get("/live", "200 while the process answers", statusPages::live)
                .get("/metrics", "Prometheus text format", new MetricsPage(meters))
                .get(
                        "/services",
                        "every Service port with its endpoints; ?service=NAME for one Service, or ?filter=TEXT&limit=N",
                        new ServicesPage(registry, balancers, status::view, Moments.SYSTEM))
                .get(
                        "/explain",
                        "what becomes of a connection, and why; ?target=ADDRESS:PORT or NAME.NAMESPACE:PORT",
                        new ExplainPage(
                                config,
                                loaded.policyOrigin(),
                                registry,
                                new AgentUse(
                                        balancers,
                                        refusal,
                                        () -> registry.status().problem(),
                                        System.getenv(),
                                        Moments.SYSTEM)))
                .get(
                        "/connections",
                        "live connections; ?order=newest, oldest, sent or received, &filter=TEXT&limit=N",
                        new ConnectionsPage(relay::connections, relay::active))
                .get(
                        "/decisions",
                        "where the newest connections went, and why; ?filter=TEXT&limit=N",
                        new DecisionsPage(relay::decisions, Moments.SYSTEM))
                .get("/config", "every setting with its value and origin", new ConfigPage(loaded.effective()))
                .getAndPost("/logging", "log levels; POST ?level=debug&logger=NAME", logging::show, logging::change)
                .post("/quitquitquit", "POST: drain and end", request -> {
                    lifecycle.quit();
                    return AdminResponse.text(HttpResponseStatus.OK, "draining");
                });
    }

    /**
     * Runs an agent until it ends.
     *
     * @param source not started; closed at the end
     * @throws ConfigException what the source throws if the settings of the API server are of no use
     */
    static ExitCode run(ConfigReader.Loaded loaded, Supplier<? extends DiscoverySource> source) {
        // Before the first line: SLF4J has no loggers to configure while Netty's classes, loading since main(), begin
        // with it.
        boolean transport = Epoll.isAvailable();
        LogSetup.apply(loaded.config().log());
        loaded.warnings().forEach(warning -> LOGGER.atWarn().log(warning));
        if (!transport) {
            LOGGER.atError()
                    .addKeyValue("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"))
                    .addKeyValue("cause", rootMessage(Epoll.unavailabilityCause()))
                    .log(
                            "Netty's native transport cannot be loaded; it needs Linux on x86_64 or aarch64 with glibc, and"
                                    + " a folder that is writable and not mounted noexec (-Dio.netty.native.workdir, else /tmp)");
            return ExitCode.NO_EPOLL;
        }
        try (CaptureSockets sockets = bind(loaded.config())) {
            return serve(loaded, source, sockets);
        } catch (BindFailure e) {
            LOGGER.atError().log(loaded.sources().inUsersWords(String.valueOf(e.getMessage())));
            return e.isInUse() ? ExitCode.PORT_IN_USE : ExitCode.NOT_PERMITTED;
        } catch (ConfigException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            LOGGER.atError().setCause(e).log("cannot start");
            return ExitCode.INTERNAL;
        }
    }

    private static CaptureSockets bind(RemoraConfig config) throws BindFailure {
        try {
            return CaptureSockets.bind(config.relay(), config.refusal());
        } catch (IOException e) {
            RelayConfig.Listen listen = config.relay().listen();
            throw BindFailure.of(
                    "remora.capture-port",
                    "remora.capture-addresses",
                    listen.addresses().stream().map(IpAddress::toString).collect(Collectors.joining(", ")) + " port "
                            + listen.port(),
                    e);
        }
    }

    private static ExitCode serve(
            ConfigReader.Loaded loaded, Supplier<? extends DiscoverySource> source, CaptureSockets sockets)
            throws IOException {
        Runnable halt = () -> Runtime.getRuntime().halt(ExitCode.FORCED.status());
        try (Agent agent = new Agent(loaded, source, halt)) {
            agent.start(sockets);
            return agent.lifecycle.await();
        }
    }

    private void start(CaptureSockets sockets) throws IOException {
        Signals.handle("TERM", () -> lifecycle.terminate("SIGTERM"));
        Signals.handle("INT", () -> lifecycle.terminate("SIGINT"));
        relay.start(sockets);
        registry.start();
        Duration hold = config.relay().hold();
        CompletableFuture.delayedExecutor(hold.toNanos(), TimeUnit.NANOSECONDS, writer)
                .execute(() -> registryLog.holdIsOver(hold));
        status.setBound();
        List<TransportAddress> adminAddresses = admin.bind(config.admin());
        LOGGER.atInfo()
                .addKeyValue("version", Version.current())
                .addKeyValue("java", Runtime.version())
                .addKeyValue("capture", sockets.addresses())
                .addKeyValue("admin", adminAddresses)
                .log("agent listens");
    }

    @Override
    public void close() {
        admin.close();
        relay.close();
        registry.close();
        health.close();
        healthTimer.close();
        writer.shutdownNow();
    }

    private static boolean acceptPaused(PrometheusMeterRegistry meters) {
        return meters.get(Meters.ACCEPT_PAUSED.meterName()).gauge().value() > 0;
    }

    private static String rootMessage(Throwable problem) {
        Throwable root = problem;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    private static Thread writerThread(Runnable task) {
        Thread thread = new Thread(task, "remora-registry");
        thread.setDaemon(true);
        return thread;
    }
}
