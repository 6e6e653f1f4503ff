package io.remora.outlier;

import io.remora.discovery.ServiceSnapshot;

/** Tells how the health of a Service's endpoints is found out. Asked whenever the Service changed. Thread-safe. */
@FunctionalInterface
public interface HealthRules {

    /** Returns what holds for all ports of the Service. */
    HealthConfig of(ServiceSnapshot service);

    /** Every Service alike. */
    static HealthRules always(HealthConfig config) {
        return service -> config;
    }
}
