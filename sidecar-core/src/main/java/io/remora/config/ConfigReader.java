package io.remora.config;

import io.remora.balancer.BalancerConfig;
import io.remora.kubernetes.ApiAccess;
import io.remora.kubernetes.KubernetesConfig;
import io.remora.kubernetes.OnDemandConfig;
import io.remora.kubernetes.WatchScope;
import io.remora.kubernetes.WatchTiming;
import io.remora.outlier.HealthConfig;
import io.remora.registry.ClientLocation;
import io.remora.registry.RegistryConfig;
import io.remora.relay.RefusalConfig;
import io.remora.relay.RelayConfig;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the whole configuration, or says everything that is wrong with it. Stateless. */
public final class ConfigReader {

    private ConfigReader() {}

    /**
     * Reads every setting.
     *
     * @throws ConfigException naming each setting that is wrong, its value and the fix
     */
    public static Loaded read(SettingSources sources) {
        return read(sources, List.of(), any -> {});
    }

    /**
     * Reads every setting, and reports it all at once with what else is wrong.
     *
     * @param before problems known already, for example of the command line
     * @param apiSettings takes the settings of the API server as soon as they are read, before all others; not called if
     *     they are wrong
     * @throws ConfigException naming each setting that is wrong, its value and the fix
     */
    public static Loaded read(SettingSources sources, List<String> before, Consumer<KubernetesConfig> apiSettings) {
        SettingsReader reader = new SettingsReader(sources);
        before.forEach(reader::problem);
        int problemsBefore = reader.problems().size();
        KubernetesConfig kubernetes = kubernetes(reader);
        if (reader.problems().size() == problemsBefore) {
            apiSettings.accept(kubernetes);
        }
        RelayConfig relay = relay(reader);
        RefusalConfig refusal = refusal(reader);
        RegistryConfig registry = registry(reader);
        BalancerConfig balancer = BalancerSettings.read(
                reader, BalancerConfig.DEFAULT.withZones(BalancerConfig.Zones.DEFAULT.withClient(registry.client())));
        HealthConfig health = HealthSettings.read(reader, HealthConfig.DEFAULT);
        int adminPort = reader.get(Settings.ADMIN_PORT);
        AdminConfig admin = new AdminConfig(reader.get(Settings.ADMIN_ADDRESSES), adminPort);
        LogConfig log = new LogConfig(reader.get(Settings.LOG_LEVEL), reader.get(Settings.LOG_FORMAT));
        ShutdownConfig shutdown =
                new ShutdownConfig(reader.get(Settings.SHUTDOWN_MODE), reader.get(Settings.SHUTDOWN_TIMEOUT));
        RemoraConfig config = reader.build(
                () -> new RemoraConfig(kubernetes, registry, balancer, health, relay, refusal, admin, log, shutdown),
                RemoraConfig.DEFAULT);
        if (!reader.problems().isEmpty()) {
            throw new ConfigException(reader.problems());
        }
        return new Loaded(config, reader.effective(), sources);
    }

    /** Returns what is wrong with what the settings of the API server point to; the user's own kubeconfig has none. */
    public static String apiProblem(IllegalArgumentException problem) {
        String text = String.valueOf(problem.getMessage());
        return text.contains(Setting.PROPERTY_PREFIX) ? text : Settings.KUBECONFIG.property() + ": " + text;
    }

    private static RefusalConfig refusal(SettingsReader reader) {
        var mode = reader.get(Settings.REFUSAL);
        PortRange ports = reader.get(Settings.REFUSAL_PORTS);
        return reader.build(() -> new RefusalConfig(mode, ports.first(), ports.last()), RefusalConfig.DEFAULT);
    }

    private static RelayConfig relay(SettingsReader reader) {
        int port = reader.get(Settings.CAPTURE_PORT);
        var addresses = reader.get(Settings.CAPTURE_ADDRESSES);
        int backlog = reader.get(Settings.CAPTURE_BACKLOG);
        var hold = reader.get(Settings.HOLD);
        var steps = reader.get(Settings.CONNECT_STEPS);
        var failFast = reader.get(Settings.CONNECT_FAIL_FAST);
        var idleTimeout = reader.get(Settings.IDLE_TIMEOUT);
        var goneTimeout = reader.get(Settings.GONE_ENDPOINT_TIMEOUT);
        var keepAliveIdle = reader.get(Settings.KEEP_ALIVE_IDLE);
        var keepAliveInterval = reader.get(Settings.KEEP_ALIVE_INTERVAL);
        int keepAliveProbes = reader.get(Settings.KEEP_ALIVE_PROBES);
        var resetDelivery = reader.get(Settings.RESET_DELIVERY);
        Integer threads = reader.find(Settings.THREADS);
        long memory = reader.get(Settings.BUFFER_MEMORY);
        int dscp = reader.get(Settings.PROXY_DSCP);
        return reader.build(
                () -> new RelayConfig(
                        new RelayConfig.Listen(addresses, port, backlog),
                        threads == null ? RelayConfig.DEFAULT.threads() : threads,
                        new RelayConfig.Connect(steps, failFast),
                        hold,
                        new RelayConfig.Expiry(idleTimeout, goneTimeout),
                        new RelayConfig.KeepAlive(keepAliveIdle, keepAliveInterval, keepAliveProbes),
                        resetDelivery,
                        memory,
                        dscp),
                RelayConfig.DEFAULT);
    }

    private static RegistryConfig registry(SettingsReader reader) {
        String node = reader.find(Settings.NODE);
        String zone = reader.find(Settings.ZONE);
        var nodeAddresses = reader.get(Settings.NODE_ADDRESSES);
        boolean reject = reader.get(Settings.UNDEFINED_PORTS) == UndefinedPorts.REJECT;
        var captureCidrs = reader.get(Settings.CAPTURE_CIDRS);
        return new RegistryConfig(ClientLocation.of(node, zone), nodeAddresses, reject, captureCidrs);
    }

    private static KubernetesConfig kubernetes(SettingsReader reader) {
        WatchScope scope = reader.get(Settings.SCOPE);
        var namespaces = reader.get(Settings.NAMESPACES);
        OnDemandConfig onDemand = onDemand(reader);
        ApiAccess access = access(reader);
        WatchTiming timing = timing(reader);
        return reader.build(
                () -> new KubernetesConfig(scope, namespaces, onDemand, access, timing, false),
                KubernetesConfig.DEFAULT);
    }

    private static OnDemandConfig onDemand(SettingsReader reader) {
        var warm = reader.get(Settings.WARM);
        var idle = reader.get(Settings.ON_DEMAND_IDLE);
        var unknownAddressTtl = reader.get(Settings.UNKNOWN_ADDRESS_TTL);
        return reader.build(() -> new OnDemandConfig(warm, idle, unknownAddressTtl), OnDemandConfig.DEFAULT);
    }

    private static ApiAccess access(SettingsReader reader) {
        var apiServer = reader.find(Settings.API_SERVER);
        var kubeconfig = reader.find(Settings.KUBECONFIG);
        String context = reader.find(Settings.CONTEXT);
        var serviceAccount = reader.get(Settings.SERVICE_ACCOUNT);
        return reader.build(() -> new ApiAccess(apiServer, kubeconfig, context, serviceAccount), ApiAccess.DISCOVERED);
    }

    private static WatchTiming timing(SettingsReader reader) {
        var connectTimeout = reader.get(Settings.API_CONNECT_TIMEOUT);
        var requestTimeout = reader.get(Settings.API_REQUEST_TIMEOUT);
        var lifetime = reader.get(Settings.WATCH_LIFETIME);
        var silence = reader.get(Settings.WATCH_SILENCE);
        var firstBackoff = reader.get(Settings.FIRST_BACKOFF);
        var maxBackoff = reader.get(Settings.MAX_BACKOFF);
        return reader.build(
                () -> new WatchTiming(connectTimeout, requestTimeout, lifetime, silence, firstBackoff, maxBackoff),
                WatchTiming.DEFAULT);
    }

    /**
     * A configuration that can be used.
     *
     * @param effective every setting with its value and where it came from
     * @param sources where the values came from
     */
    public record Loaded(RemoraConfig config, List<EffectiveSetting> effective, SettingSources sources) {

        /** The flag, variable or property that gave the policy; null if it is the default. */
        public @Nullable String policyOrigin() {
            SettingSources.Given given = sources.find(BalancerSettings.POLICY);
            return given == null ? null : given.origin();
        }

        /**
         * Returns the configuration of an application: who says nothing of what to watch has the rights of a Role in its own
         * namespace, as a rule, and watches that.
         *
         * @param own the application's namespace
         */
        public RemoraConfig inNamespace(String own) {
            KubernetesConfig kubernetes = config.kubernetes();
            boolean told = kubernetes.scope() != WatchScope.ALL
                    || !kubernetes.namespaces().isEmpty()
                    || sources.find(Settings.SCOPE) != null;
            return told ? config : config.withKubernetes(kubernetes.withNamespaces(List.of(own)));
        }

        /** What looked like a setting and is none. */
        public List<String> warnings() {
            return sources.warnings(Settings.all());
        }
    }
}
