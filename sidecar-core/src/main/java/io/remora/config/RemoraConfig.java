package io.remora.config;

import io.remora.balancer.BalancerConfig;
import io.remora.kubernetes.KubernetesConfig;
import io.remora.outlier.HealthConfig;
import io.remora.registry.RegistryConfig;
import io.remora.relay.RefusalConfig;
import io.remora.relay.RelayConfig;

/**
 * Everything an agent is told: each package's own record. Immutable and validated.
 *
 * @param kubernetes what to watch, and how to reach the API server
 * @param registry what a Service means where the pod runs
 * @param balancer how endpoints are chosen, where a Service does not say otherwise
 * @param health how sick ones are found out, where a Service does not say otherwise
 * @param relay how connections are relayed
 * @param refusal how connections to Services without a usable endpoint come to be refused
 * @param admin where the admin server listens
 * @param log what is logged
 * @param shutdown what SIGTERM does
 */
public record RemoraConfig(
        KubernetesConfig kubernetes,
        RegistryConfig registry,
        BalancerConfig balancer,
        HealthConfig health,
        RelayConfig relay,
        RefusalConfig refusal,
        AdminConfig admin,
        LogConfig log,
        ShutdownConfig shutdown) {

    /** Every default. */
    public static final RemoraConfig DEFAULT = new RemoraConfig(
            KubernetesConfig.DEFAULT,
            RegistryConfig.DEFAULT,
            BalancerConfig.DEFAULT,
            HealthConfig.DEFAULT,
            RelayConfig.DEFAULT,
            RefusalConfig.DEFAULT,
            AdminConfig.DEFAULT,
            LogConfig.DEFAULT,
            ShutdownConfig.DEFAULT);

    public RemoraConfig {
        if (relay.listen().port() == admin.port() && admin.port() != 0) {
            throw new IllegalArgumentException("remora.capture-port and remora.admin.port are both " + admin.port()
                    + "; give them different ports");
        }
        requireOutside(refusal, "remora.capture-port", relay.listen().port());
        requireOutside(refusal, "remora.admin.port", admin.port());
    }

    /** With other settings of the API server and what is watched there. */
    public RemoraConfig withKubernetes(KubernetesConfig other) {
        return new RemoraConfig(other, registry, balancer, health, relay, refusal, admin, log, shutdown);
    }

    private static void requireOutside(RefusalConfig refusal, String setting, int port) {
        if (refusal.enabled() && refusal.holds(port)) {
            throw new IllegalArgumentException(setting + " " + port + " is one of remora.refusal-ports "
                    + refusal.firstPort() + "-" + refusal.lastPort() + "; choose one outside of them");
        }
    }
}
