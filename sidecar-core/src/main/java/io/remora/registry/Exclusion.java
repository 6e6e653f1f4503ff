package io.remora.registry;

import io.remora.discovery.ServiceSpec;
import io.remora.discovery.ServiceType;
import org.jspecify.annotations.Nullable;

/** Why a Service has no Destination: connections to it are left alone. */
public enum Exclusion {
    HEADLESS("headless: clients dial its pods themselves"),
    EXTERNAL_NAME("ExternalName: a name for somewhere else"),
    OTHER_PROXY("left to another proxy by the label service.kubernetes.io/service-proxy-name"),
    NO_CLUSTER_IP("it has no ClusterIP"),
    NO_TCP_PORT("it has no TCP port");

    private final String reason;

    Exclusion(String reason) {
        this.reason = reason;
    }

    /** The reason, for people. */
    public String reason() {
        return reason;
    }

    /** Returns why kube-proxy leaves a Service alone; null if it does not. */
    static @Nullable Exclusion of(ServiceSpec spec) {
        if (spec.headless()) {
            return HEADLESS;
        }
        if (spec.type() == ServiceType.EXTERNAL_NAME) {
            return EXTERNAL_NAME;
        }
        if (spec.proxyName() != null) {
            return OTHER_PROXY;
        }
        return spec.clusterIps().isEmpty() ? NO_CLUSTER_IP : null;
    }
}
