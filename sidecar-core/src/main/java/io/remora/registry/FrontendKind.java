package io.remora.registry;

/** What kind of address a client dials to come to a Service; where two kinds coincide the earlier one counts. */
public enum FrontendKind {
    /** {@code spec.clusterIPs}. */
    CLUSTER_IP("ClusterIP"),
    /** {@code status.loadBalancer.ingress[].ip} whose {@code ipMode} is not {@code Proxy}. */
    LOAD_BALANCER_IP("load balancer address"),
    /** {@code spec.externalIPs}. */
    EXTERNAL_IP("external IP"),
    /** {@code spec.ports[].nodePort} on an address of the client's own node. */
    NODE_PORT("node port");

    private final String text;

    FrontendKind(String text) {
        this.text = text;
    }

    /** For people. */
    public String text() {
        return text;
    }
}
