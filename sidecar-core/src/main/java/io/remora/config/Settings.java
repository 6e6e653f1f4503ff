package io.remora.config;

import io.remora.discovery.Cidr;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.kubernetes.ApiAccess;
import io.remora.kubernetes.KubernetesConfig;
import io.remora.kubernetes.OnDemandConfig;
import io.remora.kubernetes.WatchScope;
import io.remora.kubernetes.WatchTiming;
import io.remora.registry.RegistryConfig;
import io.remora.relay.RefusalConfig;
import io.remora.relay.RelayConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The table of settings: options, help, {@code /config} and the documentation are derived from it. */
public final class Settings {

    private static final List<Setting<?>> ALL = new ArrayList<>();

    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    // Where the relay listens, and how it treats connections.

    static final Setting<Integer> CAPTURE_PORT = add(new Setting<>(
            "capture-port",
            ValueTypes.PORT,
            RelayConfig.DEFAULT.listen().port(),
            "Port that the init step's rules redirect connections to; both must have the same"));

    static final Setting<List<IpAddress>> CAPTURE_ADDRESSES = add(new Setting<>(
            "capture-addresses",
            ValueTypes.ADDRESSES,
            RelayConfig.DEFAULT.listen().addresses(),
            "Addresses to listen on with the capture port; one that the machine lacks is left out"));

    static final Setting<Integer> CAPTURE_BACKLOG = add(new Setting<>(
            "capture-backlog",
            ValueTypes.integer("number", 1, Integer.MAX_VALUE),
            RelayConfig.DEFAULT.listen().backlog(),
            "Connections that may wait to be accepted; the kernel's net.core.somaxconn is the limit"));

    static final Setting<RefusalConfig.Mode> REFUSAL = add(new Setting<>(
            "refusal",
            ValueTypes.choice("mode", RefusalConfig.Mode.values(), RefusalConfig.Mode::text),
            RefusalConfig.DEFAULT.mode(),
            "Whether the agent does not even listen for connections to Services without a usable endpoint, so that they are "
                    + "refused, where the init step's rules spread the addresses over ports; auto and on are the same to "
                    + "the agent. The init step must have the same"));

    static final Setting<PortRange> REFUSAL_PORTS = add(
            new Setting<>(
                    "refusal-ports",
                    ValueTypes.PORT_RANGE,
                    new PortRange(RefusalConfig.DEFAULT.firstPort(), RefusalConfig.DEFAULT.lastPort()),
                    "The ports that the init step's rules spread the addresses over, 2 to 4096 of them; both must have the same"));

    static final Setting<Duration> HOLD = add(new Setting<>(
            "hold",
            ValueTypes.duration(Duration.ZERO, HOUR),
            RelayConfig.DEFAULT.hold(),
            "How long an accepted connection waits at most until it is known where it goes; then it is passed through. "
                    + "Also how long an unreachable API server can delay readiness"));

    static final Setting<List<Duration>> CONNECT_STEPS = add(new Setting<>(
            "connect.steps",
            ValueTypes.durations(MILLISECOND, HOUR),
            RelayConfig.DEFAULT.connect().steps(),
            "How long to wait for each connect to an endpoint before another one is tried beside it"));

    static final Setting<Duration> CONNECT_FAIL_FAST = add(new Setting<>(
            "connect.fail-fast",
            ValueTypes.duration(MILLISECOND, HOUR),
            RelayConfig.DEFAULT.connect().failFast(),
            "A connect that took this long counts as a time-out of its endpoint if another one was faster"));

    static final Setting<Duration> IDLE_TIMEOUT = add(new Setting<>(
            "idle-timeout",
            ValueTypes.duration(Duration.ZERO, DAY),
            RelayConfig.DEFAULT.expiry().idle(),
            "Ends a connection on which no byte moved for so long; 0s is never"));

    static final Setting<Duration> GONE_ENDPOINT_TIMEOUT = add(new Setting<>(
            "gone-endpoint-timeout",
            ValueTypes.duration(Duration.ZERO, DAY),
            RelayConfig.DEFAULT.expiry().goneEndpoint(),
            "Ends a connection whose endpoint has been gone from its Service for so long; 0s is never"));

    static final Setting<Duration> KEEP_ALIVE_IDLE = add(new Setting<>(
            "keep-alive.idle",
            ValueTypes.duration(SECOND, Duration.ofSeconds(32767)),
            RelayConfig.DEFAULT.keepAlive().idle(),
            "TCP keep-alive: time without traffic before the first probe"));

    static final Setting<Duration> KEEP_ALIVE_INTERVAL = add(new Setting<>(
            "keep-alive.interval",
            ValueTypes.duration(SECOND, Duration.ofSeconds(32767)),
            RelayConfig.DEFAULT.keepAlive().interval(),
            "TCP keep-alive: time between probes"));

    static final Setting<Integer> KEEP_ALIVE_PROBES = add(new Setting<>(
            "keep-alive.probes",
            ValueTypes.integer("number", 1, 127),
            RelayConfig.DEFAULT.keepAlive().probes(),
            "TCP keep-alive: unanswered probes before the connection is given up"));

    static final Setting<Duration> RESET_DELIVERY = add(new Setting<>(
            "reset-delivery",
            ValueTypes.duration(MILLISECOND, HOUR),
            RelayConfig.DEFAULT.resetDelivery(),
            "How long bytes that came before a reset may take to reach the other side before it is reset too"));

    static final Setting<Integer> THREADS = add(new Setting<>(
            "threads",
            ValueTypes.integer("number", 1, 128),
            null,
            "Event loops of the relay; one for each processor if not set"));

    static final Setting<Long> BUFFER_MEMORY = add(new Setting<>(
            "buffer-memory",
            ValueTypes.sizeFrom(1 << 20),
            RelayConfig.DEFAULT.memory(),
            "What all connections together may hold for sides that do not read, before the relay reads less at once"));

    static final Setting<Integer> PROXY_DSCP = add(new Setting<>(
            "proxy-dscp",
            ValueTypes.integer("number", 0, 63),
            RelayConfig.DEFAULT.dscp(),
            "Type of service (DSCP) by which the init step's rules know the relay's own connections, where it has no user "
                    + "of its own; 0 is none. The init step must have the same"));

    // What a Service means here.

    static final Setting<String> NODE = add(new Setting<>(
            "node",
            ValueTypes.NAME,
            RegistryConfig.DEFAULT.client().node(),
            "Name of the node that the pod runs on, from the downward API's spec.nodeName. Topology hints for nodes and "
                    + "internalTrafficPolicy Local need it; without it a Service with that policy is passed through"));

    static final Setting<String> ZONE = add(
            new Setting<>(
                    "zone",
                    ValueTypes.NAME,
                    RegistryConfig.DEFAULT.client().zone(),
                    "Zone of that node, for topology hints: since Kubernetes 1.35 the downward API's "
                            + "metadata.labels['topology.kubernetes.io/zone']; if not set, the zone of an endpoint on the node"));

    static final Setting<List<IpAddress>> NODE_ADDRESSES = add(new Setting<>(
            "node-addresses",
            ValueTypes.ADDRESSES,
            RegistryConfig.DEFAULT.nodeAddresses(),
            "Addresses of that node, from the downward API's status.hostIPs: node ports on them are balanced, where the "
                    + "init step captures them; none if not set"));

    static final Setting<UndefinedPorts> UNDEFINED_PORTS = add(new Setting<>(
            "undefined-ports",
            ValueTypes.choice("choice", UndefinedPorts.values(), UndefinedPorts::text),
            UndefinedPorts.REJECT,
            "What becomes of a connection to a port that a known ClusterIP does not have: reject as kube-proxy's nftables "
                    + "mode does, or pass-through as its iptables mode does"));

    static final Setting<List<Cidr>> CAPTURE_CIDRS = add(new Setting<>(
            "capture-cidrs",
            ValueTypes.CIDRS,
            RegistryConfig.DEFAULT.captureCidrs(),
            "What the init step captures, under the name that it reads too; only explanations need it"));

    // How an endpoint is chosen, and which of them are healthy.

    static {
        ALL.addAll(BalancerSettings.all());
        ALL.addAll(HealthSettings.all());
    }

    // What is watched, and how the API server is reached.

    static final Setting<WatchScope> SCOPE = add(new Setting<>(
            "kubernetes.scope",
            ValueTypes.choice("scope", WatchScope.values(), WatchScope::text),
            KubernetesConfig.DEFAULT.scope(),
            "Which Services are watched: all, of all namespaces or of those named below, from the start; or on-demand, each "
                    + "from the first connection to its ClusterIP on, so that memory and traffic do not grow with the "
                    + "cluster"));

    static final Setting<List<String>> NAMESPACES = add(new Setting<>(
                    "kubernetes.namespaces",
                    ValueTypes.NAMES,
                    KubernetesConfig.DEFAULT.namespaces(),
                    "Namespaces to watch in scope all; all of them if not set")
            .withFlag("--namespaces"));

    static final Setting<List<ServiceId>> WARM = add(new Setting<>(
            "kubernetes.warm",
            ValueTypes.SERVICES,
            KubernetesConfig.DEFAULT.onDemand().warm(),
            "Services to watch from the start in scope on-demand, so that their first connections need not wait for a "
                    + "look-up; they are never dropped"));

    static final Setting<Duration> ON_DEMAND_IDLE = add(new Setting<>(
            "kubernetes.on-demand-idle",
            ValueTypes.duration(OnDemandConfig.SHORTEST, OnDemandConfig.LONGEST),
            KubernetesConfig.DEFAULT.onDemand().idle(),
            "In scope on-demand, a Service to which no connection is made, and none is open, for so long is not watched any "
                    + "more until the next one; one with session affinity is kept for its timeout"));

    static final Setting<Duration> UNKNOWN_ADDRESS_TTL = add(new Setting<>(
            "kubernetes.unknown-address-ttl",
            ValueTypes.duration(OnDemandConfig.SHORTEST, OnDemandConfig.LONGEST),
            KubernetesConfig.DEFAULT.onDemand().unknownAddressTtl(),
            "In scope on-demand, how long an address that belongs to no Service is passed through without asking the API "
                    + "server again"));

    static final Setting<URI> API_SERVER = add(new Setting<>(
                    "kubernetes.api-server",
                    ValueTypes.HTTP_URL,
                    ApiAccess.DISCOVERED.apiServer(),
                    "An API server that asks for no credentials; if not set, the kubeconfig below, the pod's service "
                            + "account or the user's kubeconfig tells the address")
            .withFlag("--api-server"));

    static final Setting<Path> KUBECONFIG = add(new Setting<>(
                    "kubernetes.kubeconfig",
                    ValueTypes.PATH,
                    ApiAccess.DISCOVERED.kubeconfig(),
                    "A kubeconfig file to use instead of the pod's service account")
            .withFlag("--kubeconfig"));

    static final Setting<String> CONTEXT = add(new Setting<>(
                    "kubernetes.context",
                    ValueTypes.NAME,
                    ApiAccess.DISCOVERED.context(),
                    "The kubeconfig's context to use; its current one if not set")
            .withFlag("--context"));

    static final Setting<Path> SERVICE_ACCOUNT = add(new Setting<>(
            "kubernetes.service-account",
            ValueTypes.PATH,
            ApiAccess.DISCOVERED.serviceAccount(),
            "Folder with the pod's token and ca.crt"));

    static final Setting<Duration> API_CONNECT_TIMEOUT = add(new Setting<>(
            "kubernetes.connect-timeout",
            ValueTypes.duration(MILLISECOND, HOUR),
            WatchTiming.DEFAULT.connectTimeout(),
            "For a connection to the API server"));

    static final Setting<Duration> API_REQUEST_TIMEOUT = add(new Setting<>(
            "kubernetes.request-timeout",
            ValueTypes.duration(MILLISECOND, HOUR),
            WatchTiming.DEFAULT.requestTimeout(),
            "For the head of an API server's answer, and for any pause within it"));

    static final Setting<Duration> WATCH_LIFETIME = add(new Setting<>(
            "kubernetes.watch-lifetime",
            ValueTypes.duration(WatchTiming.SHORTEST_LIFETIME, DAY),
            WatchTiming.DEFAULT.watchLifetime(),
            "After which a watch is ended and opened again where it ended; drawn from the upper half of it"));

    static final Setting<Duration> WATCH_SILENCE = add(new Setting<>(
            "kubernetes.watch-silence",
            ValueTypes.duration(SECOND, DAY),
            WatchTiming.DEFAULT.watchSilence(),
            "Without any sign of life for so long, the connection of a watch counts as dead"));

    static final Setting<Duration> FIRST_BACKOFF = add(new Setting<>(
            "kubernetes.first-backoff",
            ValueTypes.duration(MILLISECOND, HOUR),
            WatchTiming.DEFAULT.firstBackoff(),
            "The largest pause after the first failure to reach the API server"));

    static final Setting<Duration> MAX_BACKOFF = add(new Setting<>(
            "kubernetes.max-backoff",
            ValueTypes.duration(MILLISECOND, HOUR),
            WatchTiming.DEFAULT.maxBackoff(),
            "The largest pause between attempts to reach the API server"));

    // The agent's own.

    static final Setting<Integer> ADMIN_PORT = add(new Setting<>(
            "admin.port",
            ValueTypes.PORT,
            AdminConfig.DEFAULT.port(),
            "Port of the admin server: probes, metrics, what the agent knows"));

    static final Setting<List<IpAddress>> ADMIN_ADDRESSES = add(new Setting<>(
            "admin.addresses",
            ValueTypes.ADDRESSES,
            AdminConfig.DEFAULT.addresses(),
            "Addresses the admin server listens on; all if not set"));

    static final Setting<LogConfig.Level> LOG_LEVEL = add(new Setting<>(
            "log.level",
            ValueTypes.choice("level", LogConfig.Level.values(), LogConfig.Level::text),
            LogConfig.DEFAULT.level(),
            "How much is logged: state changes at info, connections at debug"));

    static final Setting<LogConfig.Format> LOG_FORMAT = add(new Setting<>(
            "log.format",
            ValueTypes.choice("format", LogConfig.Format.values(), LogConfig.Format::text),
            LogConfig.DEFAULT.format(),
            "Lines for people, or a JSON object a line"));

    static final Setting<ShutdownConfig.Mode> SHUTDOWN_MODE = add(new Setting<>(
            "shutdown.mode",
            ValueTypes.choice("mode", ShutdownConfig.Mode.values(), ShutdownConfig.Mode::text),
            ShutdownConfig.DEFAULT.mode(),
            "After SIGTERM: drain, for a native sidecar, ends with the last connection; serve, for a plain container "
                    + "that must outlast the app, goes on until POST /quitquitquit or SIGKILL"));

    static final Setting<Duration> SHUTDOWN_TIMEOUT = add(new Setting<>(
            "shutdown.timeout",
            ValueTypes.duration(Duration.ZERO, HOUR),
            ShutdownConfig.DEFAULT.timeout(),
            "How long draining may take; connections still open then are reset"));

    /** What only a process has that serves its own pages, and is no application. */
    private static final Set<Setting<?>> OF_AGENT_ALONE =
            Set.of(CAPTURE_CIDRS, ADMIN_PORT, ADMIN_ADDRESSES, LOG_LEVEL, LOG_FORMAT, SHUTDOWN_MODE);

    /** What has a meaning only where connections are relayed. */
    private static final Set<Setting<?>> OF_RELAY = Set.of(
            CAPTURE_PORT,
            CAPTURE_ADDRESSES,
            CAPTURE_BACKLOG,
            REFUSAL,
            REFUSAL_PORTS,
            CONNECT_STEPS,
            CONNECT_FAIL_FAST,
            IDLE_TIMEOUT,
            GONE_ENDPOINT_TIMEOUT,
            KEEP_ALIVE_IDLE,
            KEEP_ALIVE_INTERVAL,
            KEEP_ALIVE_PROBES,
            RESET_DELIVERY,
            THREADS,
            BUFFER_MEMORY,
            PROXY_DSCP,
            NODE_ADDRESSES,
            UNDEFINED_PORTS,
            SHUTDOWN_TIMEOUT);

    private Settings() {}

    /** Every setting of an agent, in the order of the documentation. */
    public static List<Setting<?>> all() {
        return ALL.stream()
                .filter(setting -> setting.scope() != Setting.Scope.SERVICE)
                .toList();
    }

    /** Those of them that have a meaning only where connections are relayed: by an agent, or inside an application. */
    public static List<Setting<?>> ofRelay() {
        return all().stream().filter(OF_RELAY::contains).toList();
    }

    /** Those of them that have a meaning where Remora balances the requests of its own process. */
    public static List<Setting<?>> ofApplications() {
        return all().stream()
                .filter(setting -> !OF_AGENT_ALONE.contains(setting) && !OF_RELAY.contains(setting))
                .toList();
    }

    /** Every setting that a Service may have by an annotation, in the order of the documentation. */
    public static List<Setting<?>> ofServices() {
        return ALL.stream()
                .filter(setting -> setting.scope() != Setting.Scope.AGENT)
                .toList();
    }

    private static <T> Setting<T> add(Setting<T> setting) {
        ALL.add(setting);
        return setting;
    }
}
