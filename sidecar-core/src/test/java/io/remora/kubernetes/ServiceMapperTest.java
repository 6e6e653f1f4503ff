package io.remora.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.remora.discovery.Cidr;
import io.remora.discovery.IngressAddress;
import io.remora.discovery.IpAddress;
import io.remora.discovery.Protocol;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.ServiceType;
import io.remora.discovery.TrafficPolicy;
import io.remora.kubernetes.ObjectDecoder.Decoded;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceMapperTest {

    private final ObjectDecoder<Service, ServiceSpec> decoder =
            new ObjectDecoder<>(Service.class, new ServiceMapper(new Interner())::map);

    private Decoded<ServiceSpec> decode(String spec, String metadata) {
        return decoder.object(("{\"metadata\":{\"namespace\":\"default\",\"name\":\"web\",\"uid\":\"u1\"" + metadata
                        + "},\"spec\":" + spec + "}")
                .getBytes(StandardCharsets.UTF_8));
    }

    private ServiceSpec map(String spec) {
        return value(decode(spec, ""));
    }

    private static ServiceSpec value(Decoded<ServiceSpec> decoded) {
        assertThat(decoded.problem()).isNull();
        ServiceSpec spec = decoded.value();
        if (spec == null) {
            throw new AssertionError("the Service was left out");
        }
        return spec;
    }

    private static List<IpAddress> ips(String... texts) {
        return List.of(texts).stream().map(IpAddress::parse).toList();
    }

    @Test
    void everythingThatRulesNeedIsRead() {
        Decoded<ServiceSpec> decoded = decoder.object("""
                {"apiVersion":"v1","kind":"Service","metadata":{"namespace":"default","name":"web","uid":"u1",
                "resourceVersion":"77",
                "labels":{"service.kubernetes.io/service-proxy-name":"other"},
                "annotations":{"remora.io/policy":"ewma","kubectl.kubernetes.io/x":"no"}},
                "spec":{"type":"LoadBalancer","clusterIP":"10.96.0.9","clusterIPs":["10.96.0.9","fd00:96::9"],
                "externalIPs":["192.0.2.1","2001:DB8:0::1","not an address"],
                "loadBalancerSourceRanges":["010.0.0.0/8","nonsense"],
                "internalTrafficPolicy":"Local","externalTrafficPolicy":"Local",
                "sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":60}},
                "publishNotReadyAddresses":true,"trafficDistribution":"PreferClose",
                "ports":[{"name":"http","port":80,"targetPort":"web","nodePort":30080,"appProtocol":"kubernetes.io/h2c"},
                {"name":"dns","port":53,"protocol":"UDP","targetPort":5353}]},
                "status":{"loadBalancer":{"ingress":[{"ip":"198.51.100.1","ipMode":"VIP"},
                {"ip":"198.51.100.2","ipMode":"Proxy"},{"hostname":"lb.example"}]}}}""".getBytes(StandardCharsets.UTF_8));

        assertThat(decoded.resourceVersion()).isEqualTo("77");
        assertThat(value(decoded))
                .isEqualTo(ServiceSpec.builder()
                        .uid("u1")
                        .type(ServiceType.LOAD_BALANCER)
                        .clusterIps(ips("10.96.0.9", "fd00:96::9"))
                        .ports(List.of(
                                new ServicePort("http", 80, Protocol.TCP, "kubernetes.io/h2c", 30080),
                                new ServicePort("dns", 53, Protocol.UDP, null, 0)))
                        .externalIps(ips("192.0.2.1", "2001:db8::1"))
                        .ingress(List.of(
                                new IngressAddress(IpAddress.parse("198.51.100.1"), false),
                                new IngressAddress(IpAddress.parse("198.51.100.2"), true)))
                        .sourceRanges(List.of(Cidr.tryParse("10.0.0.0/8").orElseThrow()))
                        .internalTrafficPolicy(TrafficPolicy.LOCAL)
                        .externalTrafficPolicy(TrafficPolicy.LOCAL)
                        .affinityTimeout(Duration.ofSeconds(60))
                        .publishNotReadyAddresses(true)
                        .trafficDistribution("PreferClose")
                        .proxyName("other")
                        .annotations(Map.of("remora.io/policy", "ewma"))
                        .build());
    }

    @Test
    void anEmptySpecHasTheApisDefaults() {
        assertThat(map("{}")).isEqualTo(ServiceSpec.builder().uid("u1").build());
    }

    @Test
    void headlessAndExternalNameServicesHaveNoClusterIp() {
        ServiceSpec headless = map("{\"clusterIP\":\"None\",\"clusterIPs\":[\"None\"]}");
        assertThat(headless.headless()).isTrue();
        assertThat(headless.clusterIps()).isEmpty();
        ServiceSpec external = map("{\"type\":\"ExternalName\",\"externalName\":\"a.example\",\"clusterIP\":\"\"}");
        assertThat(external.type()).isEqualTo(ServiceType.EXTERNAL_NAME);
        assertThat(external.clusterIps()).isEmpty();
    }

    @Test
    void theSingularClusterIpCountsWhereThePluralIsMissing() {
        assertThat(map("{\"clusterIP\":\"10.96.0.9\"}").clusterIps()).isEqualTo(ips("10.96.0.9"));
    }

    @Test
    void anEmptyProxyNameIsNotAnAbsentOne() {
        Decoded<ServiceSpec> decoded = decode("{}", ",\"labels\":{\"service.kubernetes.io/service-proxy-name\":\"\"}");
        assertThat(value(decoded).proxyName()).isEmpty();
        assertThat(map("{}").proxyName()).isNull();
    }

    @Test
    void affinityWithoutATimeoutHasTheApisDefault() {
        assertThat(map("{\"sessionAffinity\":\"ClientIP\"}").affinityTimeout()).isEqualTo(Duration.ofHours(3));
        assertThat(map("{\"sessionAffinity\":\"None\"}").affinityTimeout()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "null,                                              spec is missing",
        "'{\"type\":\"Magic\"}',                            spec.type is unknown: 'Magic'",
        "'{\"clusterIPs\":[\"10.96.0.999\"]}',              spec.clusterIPs has no address: '10.96.0.999'",
        "'{\"ports\":[{\"name\":\"http\"}]}',               spec.ports[].port is missing",
        "'{\"ports\":[{\"port\":0}]}',                      1 to 65535",
        "'{\"ports\":[{\"port\":80,\"protocol\":\"Y\"}]}',  protocol is unknown",
        "'{\"ports\":\"none\"}',                         Cannot deserialize",
    })
    void whatIsWrongWithAServiceIsSaid(String spec, String problem) {
        Decoded<ServiceSpec> decoded = decode(spec, "");
        assertThat(decoded.problem()).contains(problem);
        assertThat(decoded.value()).isNull();
        assertThat(decoded.key()).isEqualTo(new ObjectKey("default", "web"));
    }
}
