package io.remora.balancer;

import io.remora.discovery.ServiceSnapshot;

/** Tells how a Service is balanced. Asked by the registry's writer whenever the Service changed. Thread-safe. */
@FunctionalInterface
public interface BalancerRules {

    /** Returns what holds for all ports of the Service. */
    BalancerConfig of(ServiceSnapshot service);

    /** Every Service alike. */
    static BalancerRules always(BalancerConfig config) {
        return service -> config;
    }
}
