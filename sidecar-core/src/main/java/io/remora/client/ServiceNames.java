package io.remora.client;

import io.remora.discovery.DnsLabel;
import io.remora.discovery.ServiceId;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What host names mean in the cluster (Kubernetes DNS-Based Service Discovery, 2.3): {@code catalog} in the client's own
 * namespace, {@code catalog.shop}, {@code catalog.shop.svc} and {@code catalog.shop.svc.cluster.local}, with or without a
 * dot at the end. Immutable.
 *
 * @param namespace of the clients
 * @param clusterDomain the cluster's, as a rule {@value #DEFAULT_CLUSTER_DOMAIN}
 */
public record ServiceNames(String namespace, String clusterDomain) {

    /** kubeadm's and every large provider's. */
    public static final String DEFAULT_CLUSTER_DOMAIN = "cluster.local";

    public ServiceNames {
        Objects.requireNonNull(namespace);
        Objects.requireNonNull(clusterDomain);
    }

    /**
     * Returns the Service that a host would be; null if no Service can have that name, as an address or the name of a
     * single pod. Whether there is one is for the registry to say.
     */
    public @Nullable ServiceId find(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        String full = ".svc." + clusterDomain;
        if (name.endsWith(full)) {
            name = name.substring(0, name.length() - full.length());
            return name.indexOf('.') < 0 ? null : of(name);
        }
        if (name.endsWith(".svc")) {
            name = name.substring(0, name.length() - ".svc".length());
            return name.indexOf('.') < 0 ? null : of(name);
        }
        return of(name);
    }

    private @Nullable ServiceId of(String name) {
        int dot = name.indexOf('.');
        String service = dot < 0 ? name : name.substring(0, dot);
        String where = dot < 0 ? namespace : name.substring(dot + 1);
        return DnsLabel.matches(service) && DnsLabel.matches(where) ? new ServiceId(where, service) : null;
    }
}
