package io.remora.netfilter;

import java.util.List;

/**
 * What is inside the captured CIDRs and nevertheless left alone.
 *
 * @param cidrs destinations
 * @param ports destination ports
 * @param apiServer addresses of the Kubernetes API server: the agent's watch must not depend on the agent, and neither
 *     must anything else that asks the API server
 */
public record Exclusions(List<Cidr> cidrs, Ports ports, List<Address> apiServer) {
    /** Nothing. */
    public static final Exclusions NONE = new Exclusions(List.of(), Ports.NONE, List.of());

    /** Keeps copies. */
    public Exclusions {
        cidrs = List.copyOf(cidrs);
        apiServer = List.copyOf(apiServer);
    }
}
