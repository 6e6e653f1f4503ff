package io.remora.kubernetes;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import io.remora.discovery.IngressAddress;
import io.remora.discovery.IpAddress;
import io.remora.discovery.Protocol;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.ServiceType;
import io.remora.discovery.TrafficPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code v1 Service}. What kube-proxy needs must be readable; an external or load balancer address that is not is
 * left out, as kube-proxy does.
 */
final class ServiceMapper {

    static final String PROXY_NAME = "service.kubernetes.io/service-proxy-name";
    static final String OWN_ANNOTATIONS = "remora.io/";
    /** The API's default of {@code sessionAffinityConfig.clientIP.timeoutSeconds}. */
    static final Duration DEFAULT_AFFINITY = Duration.ofHours(3);

    private final Interner interner;

    ServiceMapper(Interner interner) {
        this.interner = interner;
    }

    /**
     * @throws IllegalArgumentException saying what is wrong with the object
     */
    ServiceSpec map(Service service) {
        io.fabric8.kubernetes.api.model.ServiceSpec spec = service.getSpec();
        if (spec == null) {
            throw new IllegalArgumentException("spec is missing");
        }
        Map<String, String> labels = orEmpty(service.getMetadata().getLabels());
        ServiceType type = type(spec.getType());
        return ServiceSpec.builder()
                .uid(orElse(service.getMetadata().getUid(), ""))
                .type(type)
                .clusterIps(type == ServiceType.EXTERNAL_NAME ? List.of() : clusterIps(spec))
                .headless("None".equals(spec.getClusterIP()))
                .ports(orEmpty(spec.getPorts()).stream().map(this::port).toList())
                .externalIps(orEmpty(spec.getExternalIPs()).stream()
                        .flatMap(text -> Addresses.tryParse(text).stream())
                        .toList())
                .ingress(ingress(service.getStatus()))
                .sourceRanges(orEmpty(spec.getLoadBalancerSourceRanges()).stream()
                        .flatMap(text -> Addresses.tryParseRange(text.trim()).stream())
                        .toList())
                .internalTrafficPolicy(policy(spec.getInternalTrafficPolicy()))
                .externalTrafficPolicy(policy(spec.getExternalTrafficPolicy()))
                .affinityTimeout(affinity(spec))
                .publishNotReadyAddresses(Boolean.TRUE.equals(spec.getPublishNotReadyAddresses()))
                .trafficDistribution(interner.internNullable(spec.getTrafficDistribution()))
                .proxyName(interner.internNullable(labels.get(PROXY_NAME)))
                .annotations(ownAnnotations(service.getMetadata().getAnnotations()))
                .build();
    }

    private static ServiceType type(@Nullable String text) {
        return switch (orElse(text, "ClusterIP")) {
            case "ClusterIP" -> ServiceType.CLUSTER_IP;
            case "NodePort" -> ServiceType.NODE_PORT;
            case "LoadBalancer" -> ServiceType.LOAD_BALANCER;
            case "ExternalName" -> ServiceType.EXTERNAL_NAME;
            default -> throw new IllegalArgumentException("spec.type is unknown: '" + text + "'");
        };
    }

    private static List<IpAddress> clusterIps(io.fabric8.kubernetes.api.model.ServiceSpec spec) {
        List<String> texts = orEmpty(spec.getClusterIPs());
        if (texts.isEmpty() && spec.getClusterIP() != null) {
            texts = List.of(spec.getClusterIP());
        }
        List<IpAddress> parsed = new ArrayList<>(texts.size());
        for (String text : texts) {
            if (!text.isEmpty() && !text.equals("None")) {
                parsed.add(Addresses.tryParse(text)
                        .orElseThrow(
                                () -> new IllegalArgumentException("spec.clusterIPs has no address: '" + text + "'")));
            }
        }
        return parsed;
    }

    private ServicePort port(io.fabric8.kubernetes.api.model.ServicePort port) {
        if (port.getPort() == null) {
            throw new IllegalArgumentException("spec.ports[].port is missing");
        }
        if (port.getPort() < 1 || port.getPort() > 65535) {
            throw new IllegalArgumentException("spec.ports[].port must be 1 to 65535, not " + port.getPort());
        }
        return new ServicePort(
                interner.intern(orElse(port.getName(), "")),
                port.getPort(),
                protocol(port.getProtocol()),
                interner.internNullable(port.getAppProtocol()),
                port.getNodePort() == null ? 0 : port.getNodePort());
    }

    static Protocol protocol(@Nullable String text) {
        return switch (orElse(text, "TCP")) {
            case "TCP" -> Protocol.TCP;
            case "UDP" -> Protocol.UDP;
            case "SCTP" -> Protocol.SCTP;
            default -> throw new IllegalArgumentException("a port's protocol is unknown: '" + text + "'");
        };
    }

    private static List<IngressAddress> ingress(@Nullable ServiceStatus status) {
        if (status == null || status.getLoadBalancer() == null) {
            return List.of();
        }
        List<IngressAddress> addresses = new ArrayList<>();
        for (LoadBalancerIngress ingress : orEmpty(status.getLoadBalancer().getIngress())) {
            if (ingress.getIp() != null) {
                Addresses.tryParse(ingress.getIp())
                        .ifPresent(ip -> addresses.add(new IngressAddress(ip, "Proxy".equals(ingress.getIpMode()))));
            }
        }
        return addresses;
    }

    private static TrafficPolicy policy(@Nullable String text) {
        return "Local".equals(text) ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER;
    }

    private static @Nullable Duration affinity(io.fabric8.kubernetes.api.model.ServiceSpec spec) {
        if (!"ClientIP".equals(spec.getSessionAffinity())) {
            return null;
        }
        var config = spec.getSessionAffinityConfig();
        return config == null
                        || config.getClientIP() == null
                        || config.getClientIP().getTimeoutSeconds() == null
                ? DEFAULT_AFFINITY
                : Duration.ofSeconds(config.getClientIP().getTimeoutSeconds());
    }

    private static Map<String, String> ownAnnotations(@Nullable Map<String, String> annotations) {
        Map<String, String> own = new HashMap<>();
        orEmpty(annotations).forEach((key, value) -> {
            if (key.startsWith(OWN_ANNOTATIONS)) {
                own.put(key, value);
            }
        });
        return own;
    }

    static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
        return map == null ? Map.of() : map;
    }

    private static String orElse(@Nullable String text, String otherwise) {
        return text == null || text.isEmpty() ? otherwise : text;
    }
}
