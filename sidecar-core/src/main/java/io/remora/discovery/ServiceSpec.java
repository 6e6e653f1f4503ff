package io.remora.discovery;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the Service object itself says. Immutable; built with {@link Builder}.
 *
 * @param uid of the object; empty where the source has none
 * @param clusterIps one a family, primary first; empty for headless and ExternalName Services
 * @param headless {@code clusterIP: None}
 * @param ports in the object's order
 * @param externalIps {@code spec.externalIPs}
 * @param ingress {@code status.loadBalancer.ingress[]} with an address
 * @param sourceRanges {@code spec.loadBalancerSourceRanges} that can be read; the others mean nothing to kube-proxy
 * @param affinityTimeout timeout of {@code sessionAffinity: ClientIP}; null if there is no affinity
 * @param trafficDistribution {@code spec.trafficDistribution}; only a hint for the controller that writes the slices
 * @param proxyName value of the label {@code service.kubernetes.io/service-proxy-name}, which leaves the Service to
 *     another proxy, also when it is empty; null if the label is absent
 * @param annotations those that start with {@code remora.io/}
 */
public record ServiceSpec(
        String uid,
        ServiceType type,
        List<IpAddress> clusterIps,
        boolean headless,
        List<ServicePort> ports,
        List<IpAddress> externalIps,
        List<IngressAddress> ingress,
        List<Cidr> sourceRanges,
        TrafficPolicy internalTrafficPolicy,
        TrafficPolicy externalTrafficPolicy,
        @Nullable Duration affinityTimeout,
        boolean publishNotReadyAddresses,
        @Nullable String trafficDistribution,
        @Nullable String proxyName,
        Map<String, String> annotations) {

    public ServiceSpec {
        Objects.requireNonNull(uid);
        clusterIps = List.copyOf(clusterIps);
        ports = List.copyOf(ports);
        externalIps = List.copyOf(externalIps);
        ingress = List.copyOf(ingress);
        sourceRanges = List.copyOf(sourceRanges);
        annotations = Map.copyOf(annotations);
    }

    /** A ClusterIP Service with Kubernetes' defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects a {@link ServiceSpec}; every value not set has Kubernetes' default. Not thread-safe. */
    public static final class Builder {
        private String uid = "";
        private ServiceType type = ServiceType.CLUSTER_IP;
        private List<IpAddress> clusterIps = List.of();
        private boolean headless;
        private List<ServicePort> ports = List.of();
        private List<IpAddress> externalIps = List.of();
        private List<IngressAddress> ingress = List.of();
        private List<Cidr> sourceRanges = List.of();
        private TrafficPolicy internalTrafficPolicy = TrafficPolicy.CLUSTER;
        private TrafficPolicy externalTrafficPolicy = TrafficPolicy.CLUSTER;
        private @Nullable Duration affinityTimeout;
        private boolean publishNotReadyAddresses;
        private @Nullable String trafficDistribution;
        private @Nullable String proxyName;
        private Map<String, String> annotations = Map.of();

        private Builder() {}

        public Builder uid(String value) {
            uid = value;
            return this;
        }

        public Builder type(ServiceType value) {
            type = value;
            return this;
        }

        public Builder clusterIps(List<IpAddress> value) {
            clusterIps = value;
            return this;
        }

        public Builder headless(boolean value) {
            headless = value;
            return this;
        }

        public Builder ports(List<ServicePort> value) {
            ports = value;
            return this;
        }

        public Builder externalIps(List<IpAddress> value) {
            externalIps = value;
            return this;
        }

        public Builder ingress(List<IngressAddress> value) {
            ingress = value;
            return this;
        }

        public Builder sourceRanges(List<Cidr> value) {
            sourceRanges = value;
            return this;
        }

        public Builder internalTrafficPolicy(TrafficPolicy value) {
            internalTrafficPolicy = value;
            return this;
        }

        public Builder externalTrafficPolicy(TrafficPolicy value) {
            externalTrafficPolicy = value;
            return this;
        }

        public Builder affinityTimeout(@Nullable Duration value) {
            affinityTimeout = value;
            return this;
        }

        public Builder publishNotReadyAddresses(boolean value) {
            publishNotReadyAddresses = value;
            return this;
        }

        public Builder trafficDistribution(@Nullable String value) {
            trafficDistribution = value;
            return this;
        }

        public Builder proxyName(@Nullable String value) {
            proxyName = value;
            return this;
        }

        public Builder annotations(Map<String, String> value) {
            annotations = value;
            return this;
        }

        public ServiceSpec build() {
            return new ServiceSpec(
                    uid,
                    type,
                    clusterIps,
                    headless,
                    ports,
                    externalIps,
                    ingress,
                    sourceRanges,
                    internalTrafficPolicy,
                    externalTrafficPolicy,
                    affinityTimeout,
                    publishNotReadyAddresses,
                    trafficDistribution,
                    proxyName,
                    annotations);
        }
    }
}
