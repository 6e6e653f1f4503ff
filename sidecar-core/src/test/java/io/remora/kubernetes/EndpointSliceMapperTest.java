package io.remora.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.remora.discovery.Endpoint;
import io.remora.discovery.Endpoint.TargetRef;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.discovery.Protocol;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort.PortKey;
import io.remora.kubernetes.ObjectDecoder.Decoded;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointSliceMapperTest {

    private static final PortKey HTTP = new PortKey("http", Protocol.TCP);

    private final ObjectDecoder<EndpointSlice, SliceContent> decoder =
            new ObjectDecoder<>(EndpointSlice.class, new EndpointSliceMapper(new Interner(), false)::map);

    private Decoded<SliceContent> decode(String addressType, String endpoints, String ports, String metadata) {
        return decoder.object(("{\"metadata\":{\"namespace\":\"default\",\"name\":\"web-a\",\"uid\":\"u1\"" + metadata
                        + "},\"addressType\":" + addressType + ",\"endpoints\":" + endpoints + ",\"ports\":" + ports
                        + "}")
                .getBytes(StandardCharsets.UTF_8));
    }

    private SliceContent map(String endpoints, String ports) {
        return value(decode("\"IPv4\"", endpoints, ports, label("web")));
    }

    private static SliceContent value(Decoded<SliceContent> decoded) {
        assertThat(decoded.problem()).isNull();
        SliceContent content = decoded.value();
        if (content == null) {
            throw new AssertionError("the slice was left out");
        }
        return content;
    }

    private static String label(String service) {
        return ",\"labels\":{\"kubernetes.io/service-name\":\"" + service + "\"}";
    }

    @Test
    void everythingThatRulesNeedIsRead() {
        SliceContent slice = map("""
                [{"addresses":["10.1.0.7","10.1.0.8"],"hostname":"x","nodeName":"node-1","zone":"zone-a",
                "conditions":{"ready":false,"serving":true,"terminating":true},
                "hints":{"forZones":[{"name":"zone-a"},{"name":"zone-b"}],"forNodes":[{"name":"node-1"}]},
                "targetRef":{"kind":"Pod","namespace":"default","name":"web-1","uid":"pod-uid"}}]""", """
                [{"name":"http","port":8080,"protocol":"TCP","appProtocol":"kubernetes.io/h2c"}]""");

        assertThat(slice.service()).isEqualTo(new ServiceId("default", "web"));
        assertThat(slice.endpoints().get(HTTP))
                .containsExactly(new Endpoint(
                        IpAddress.parse("10.1.0.7"),
                        8080,
                        new EndpointConditions(false, true, true),
                        "zone-a",
                        "node-1",
                        Set.of("zone-a", "zone-b"),
                        Set.of("node-1"),
                        new TargetRef("Pod", "default", "web-1", "pod-uid")));
    }

    @ParameterizedTest
    @CsvSource({
        "{},                                              true,  true,  false",
        "'{\"ready\":null}',                              true,  true,  false",
        "'{\"ready\":false}',                             false, true,  false",
        "'{\"ready\":false,\"serving\":false}',           false, false, false",
        "'{\"terminating\":true}',                        true,  true,  true",
        "'{\"ready\":false,\"terminating\":true}',        false, true,  true",
    })
    void absentConditionsHaveTheApisMeaning(String conditions, boolean ready, boolean serving, boolean terminating) {
        SliceContent slice = map(
                "[{\"addresses\":[\"10.1.0.7\"],\"conditions\":" + conditions + "}]",
                "[{\"name\":\"http\",\"port\":8080}]");
        assertThat(slice.endpoints().get(HTTP))
                .extracting(Endpoint::conditions)
                .containsExactly(new EndpointConditions(ready, serving, terminating));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"addresses\":[]}",
                "{}",
                "{\"addresses\":[\"fd00::1\"]}",
                "{\"addresses\":[\"host.example\"]}",
                "{\"addresses\":[\"10.1.0.300\"]}",
                "{\"addresses\":[\"fd00::1\",\"10.1.0.9\"]}"
            })
    void anEndpointWithoutAnAddressOfItsFamilyIsLeftOut(String endpoint) {
        SliceContent slice =
                map("[" + endpoint + ",{\"addresses\":[\"10.1.0.7\"]}]", "[{\"name\":\"http\",\"port\":8080}]");
        assertThat(slice.endpoints().get(HTTP)).hasToString("[10.1.0.7:8080]");
    }

    @Test
    void leadingZerosOfAnOldAddressMeanNothing() {
        assertThat(map("[{\"addresses\":[\"010.001.0.07\"]}]", "[{\"port\":80}]")
                        .endpoints()
                        .get(new PortKey("", Protocol.TCP)))
                .hasToString("[10.1.0.7:80]");
    }

    @Test
    void aPortWithoutANumberIsSkippedAndANamelessOneHasTheEmptyName() {
        SliceContent slice = map(
                "[{\"addresses\":[\"10.1.0.7\"]}]",
                "[{\"name\":\"none\",\"port\":null},{\"port\":53,\"protocol\":\"UDP\"},{\"name\":null,\"port\":80}]");
        assertThat(slice.endpoints()).containsOnlyKeys(new PortKey("", Protocol.UDP), new PortKey("", Protocol.TCP));
    }

    @Test
    void aDuplicateWithinASliceIsRemoved() {
        SliceContent slice = map(
                "[{\"addresses\":[\"10.1.0.7\"],\"conditions\":{\"terminating\":true}},"
                        + "{\"addresses\":[\"10.1.0.7\"],\"conditions\":{\"ready\":false}}]",
                "[{\"name\":\"http\",\"port\":8080}]");
        assertThat(slice.endpoints().get(HTTP))
                .extracting(Endpoint::conditions)
                .containsExactly(new EndpointConditions(false, true, false));
    }

    @Test
    void slicesThatAreNothingToUsAreLeftOutAndNotMalformed() {
        for (Decoded<SliceContent> decoded : List.of(
                decode("\"FQDN\"", "[{\"addresses\":[\"a.example\"]}]", "[]", label("web")),
                decode("\"IPv4\"", "[]", "[]", ""),
                decode(
                        "\"IPv4\"",
                        "[]",
                        "[]",
                        ",\"labels\":{\"kubernetes.io/service-name\":\"web\",\"service.kubernetes.io/headless\":\"\"}"))) {
            assertThat(decoded.problem()).isNull();
            assertThat(decoded.value()).isNull();
            assertThat(decoded.key()).isEqualTo(new ObjectKey("default", "web-a"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "null,       [],                                  addressType is missing",
        "'\"IPX\"',  [],                                  addressType is unknown",
        "'\"IPv4\"', '[{\"port\":70000}]',                1 to 65535",
        "'\"IPv4\"', '[{\"port\":80,\"protocol\":\"X\"}]', protocol is unknown",
        "'\"IPv4\"', '[{\"port\":\"eighty\"}]',           eighty",
    })
    void whatIsWrongWithASliceIsSaid(String addressType, String ports, String problem) {
        Decoded<SliceContent> decoded = decode(addressType, "[{\"addresses\":[\"10.1.0.7\"]}]", ports, label("web"));
        assertThat(decoded.problem()).contains(problem);
        assertThat(decoded.key()).isEqualTo(new ObjectKey("default", "web-a"));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:04:05Z,           2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.123456Z,    2026-01-02T03:04:05.123456Z",
        "2026-01-02T04:04:05+01:00,      2026-01-02T03:04:05Z",
        "yesterday,",
    })
    void theTriggerTimeIsReadWhereItIsATime(String text, Instant expected) {
        Decoded<SliceContent> decoded = decode(
                "\"IPv4\"",
                "[]",
                "[]",
                label("web") + ",\"annotations\":{\"endpoints.kubernetes.io/last-change-trigger-time\":\"" + text
                        + "\"}");
        assertThat(value(decoded).lastChangeTriggerTime()).isEqualTo(expected);
    }

    @Test
    void zonesNodesAndHintsAreKeptOnce() {
        SliceContent slice = map("""
                [{"addresses":["10.1.0.7"],"nodeName":"node-1","zone":"zone-a","hints":{"forZones":[{"name":"zone-a"}]}},
                {"addresses":["10.1.0.8"],"nodeName":"node-1","zone":"zone-a","hints":{"forZones":[{"name":"zone-a"}]}}]""", """
                [{"name":"http","port":8080}]""");
        List<Endpoint> endpoints = slice.endpoints().getOrDefault(HTTP, List.of());
        assertThat(endpoints).hasSize(2);
        assertThat(endpoints.get(0).zone()).isSameAs(endpoints.get(1).zone());
        assertThat(endpoints.get(0).node()).isSameAs(endpoints.get(1).node());
        assertThat(endpoints.get(0).zoneHints()).isSameAs(endpoints.get(1).zoneHints());
    }
}
