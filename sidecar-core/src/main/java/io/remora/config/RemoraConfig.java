package io.remora.config;

import io.remora.balancer.BalancerPolicy;
import io.remora.kubernetes.KubernetesConfig;
import io.remora.registry.RegistryConfig;
import io.remora.relay.RelayConfig;

/**
 * Everything an agent is told: each package's own record. Immutable and validated.
 *
 * @param kubernetes what to watch, and how to reach the API server
 * @param registry what a Service means where the pod runs
 * @param policy how endpoints are chosen
 * @param relay how connections are relayed
 * @param admin where the admin server listens
 * @param log what is logged
 * @param shutdown what SIGTERM does
 */
public record RemoraConfig(
        KubernetesConfig kubernetes,
        RegistryConfig registry,
        BalancerPolicy policy,
        RelayConfig relay,
        AdminConfig admin,
        LogConfig log,
        ShutdownConfig shutdown) {

    /** Every default. */
    public static final RemoraConfig DEFAULT = new RemoraConfig(
            KubernetesConfig.DEFAULT,
            RegistryConfig.DEFAULT,
            BalancerPolicy.DEFAULT,
            RelayConfig.DEFAULT,
            AdminConfig.DEFAULT,
            LogConfig.DEFAULT,
            ShutdownConfig.DEFAULT);

    public RemoraConfig {
        if (relay.listen().port() == admin.port() && admin.port() != 0) {
            throw new IllegalArgumentException("remora.capture-port and remora.admin.port are both " + admin.port()
                    + "; give them different ports");
        }
    }
}
