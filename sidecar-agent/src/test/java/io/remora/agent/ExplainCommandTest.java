package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Timeout(60)
class ExplainCommandTest {

    private static final Path RESOURCES = Path.of("src/test/resources/explain");
    private static final String CLUSTER = RESOURCES.resolve("cluster.yaml").toString();

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** {@code -Dremora.docs.update=true} writes the files anew; the difference is for a person to review. */
    @ParameterizedTest
    @CsvSource({
        "ready-endpoints, 10.96.0.10:80",
        "by-name-and-port-name, catalog.shop:grpc",
        "ipv6, [fd00:96::a]:80",
        "topology-hints, 10.96.0.20:80",
        "local-policy-without-local-endpoint, agent.logs:4317",
        "affinity-and-terminating-fallback, cart.shop:http",
        "no-endpoint, empty.shop:80",
        "undefined-port, 10.96.0.10:8080",
        "outside-source-ranges, 198.51.100.7:443",
        "node-port, 172.18.0.11:30080",
        "headless, db.shop:5432",
        "an-endpoint-itself, 10.244.1.5:8080",
        "udp, 10.96.0.10:80/udp"
    })
    void explanationsReadAsTheirGoldenFiles(String name, String target) throws IOException {
        assertThat(explain("--from", CLUSTER, "--node", "node-a", "--client", "10.244.1.99", target))
                .isZero();
        Path golden = RESOURCES.resolve(name + ".txt");
        if (Boolean.getBoolean("remora.docs.update")) {
            Files.writeString(golden, out.toString());
        }
        assertThat(out).hasToString(Files.readString(golden));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void jsonIsOneObjectALineForEachTargetInTheirOrder() {
        assertThat(explain("--from", CLUSTER, "--node", "node-a", "--output", "json", "10.96.0.20:80", "10.9.9.9:1"))
                .isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "{\"address\":\"10.96.0.20\",\"port\":80,\"protocol\":\"TCP\",\"decision\":\"forward\","
                                + "\"service\":\"shop/near\",\"servicePort\":\"\","
                                + "\"reason\":\"ready endpoints whose topology hints name the client's zone\","
                                + "\"affinitySeconds\":null,\"endpoints\":["
                                + "{\"address\":\"10.244.1.8\",\"port\":8080,\"eligible\":true,"
                                + "\"reason\":\"ready, and hinted for the client's zone\"},"
                                + "{\"address\":\"10.244.2.8\",\"port\":8080,\"eligible\":false,"
                                + "\"reason\":\"ready, but hinted for other zones\"}]}",
                        "{\"address\":\"10.9.9.9\",\"port\":1,\"protocol\":\"TCP\",\"decision\":\"pass-through\","
                                + "\"service\":null,\"servicePort\":null,"
                                + "\"reason\":\"no Service has this address and TCP port\","
                                + "\"affinitySeconds\":null,\"endpoints\":[]}");
    }

    @Test
    void affinityIsToldWhereTheConnectionIsForwarded() {
        assertThat(explain("--from", CLUSTER, "--node", "node-a", "-o", "json", "10.96.0.40:80"))
                .isZero();
        assertThat(out.toString()).contains("\"decision\":\"forward\"").contains("\"affinitySeconds\":600");
    }

    @Test
    void addressesOutsideTheGivenServiceCidrAreNotCaptured() {
        assertThat(explain(
                        "--from",
                        CLUSTER,
                        "--node",
                        "node-a",
                        "--service-cidr",
                        "10.96.0.0/12,fd00:96::/108",
                        "198.51.100.7:443",
                        "10.96.0.10:80"))
                .isZero();
        assertThat(out.toString())
                .contains("no: 198.51.100.7 is outside 10.96.0.0/12, fd00:96::/108; to have it captured, add it to the "
                        + "init step's --service-cidr")
                .contains("yes: inside 10.96.0.0/12, which the init step's rules redirect");
    }

    @Test
    void anAddressOfAServiceThatIsNotCapturedIsSaidToBeTheServicesAllTheSame() {
        assertThat(explain("--from", CLUSTER, "--node", "node-a", "--service-cidr", "10.0.0.0/16", "10.96.0.10:80"))
                .isZero();
        assertThat(out.toString())
                .contains(
                        "10.96.0.10 is the ClusterIP of Service shop/catalog, which has this port: it would be balanced"
                                + " if it were captured");
    }

    @Test
    void theSourceRangesAreJudgedByTheClientsAddress() {
        assertThat(explain(
                        "--from",
                        CLUSTER,
                        "--node",
                        "node-a",
                        "--client",
                        "203.0.113.5",
                        "-o",
                        "json",
                        "198.51.100.7:443"))
                .isZero();
        assertThat(out.toString()).contains("\"decision\":\"forward\"");
    }

    @Test
    void targetsMayStandDirectlyBehindTheFiles() {
        assertThat(explain("--node", "node-a", "--from", CLUSTER, "10.96.0.10:80", "empty.shop:80"))
                .isZero();
        assertThat(out.toString())
                .contains("10.96.0.10:80: forwarded")
                .contains("empty.shop:80 (10.96.0.50:80): fails");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.96.0.10|the port is missing",
                "10.96.0.10:0|a port is a number from 1 to 65535",
                "10.96.0.10:65536|a port is a number from 1 to 65535",
                "300.1.1.1:80|'300.1.1.1' is no IP address",
                "fd00::1:80|an IPv6 address needs brackets",
                "10.96.0.10:80/quic|a protocol is tcp, udp or sctp",
                "catalgo.shop:80|did you mean shop/catalog?",
                "catalog.shop:web|has no TCP port 'web'; it has http 80/TCP, grpc 9090/TCP"
            })
    void badTargetsAreRefusedWithTheFix(String line) {
        List<String> parts = List.of(line.split("\\|", -1));
        assertThat(explain("--from", CLUSTER, "--node", "node-a", parts.get(0))).isEqualTo(2);
        assertThat(err.toString()).contains(parts.get(1));
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void everyProblemOfTheInputIsNamedWithFileDocumentAndField() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.yaml"), """
                apiVersion: v1
                kind: Service
                metadata: {name: a}
                spec: {ports: [{port: 99999}]}
                ---
                apiVersion: v1
                kind: List
                items:
                - {apiVersion: v1, kind: Service, metadata: {name: b, namespace: c}, spec: {ports: 5}}
                - {apiVersion: v1, metadata: {name: b}}
                ---
                just text
                """);
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"kind\": ");

        assertThat(explain("--from", bad.toString(), broken.toString(), "--node", "n", "10.1.1.1:80"))
                .isEqualTo(2);

        assertThat(err.toString().lines())
                .containsExactly(
                        bad + ", document 1: Service a: spec.ports[].port must be 1 to 65535, not 99999",
                        bad + ", document 2, items[0]: Service c/b, spec.ports: a list is expected",
                        bad + ", document 2, items[1]: kind is missing",
                        bad
                                + ", document 3: this is no Kubernetes object: a mapping with apiVersion and kind is expected",
                        broken
                                + ", document 1: no valid JSON: Unexpected end-of-input within/between Object entries at line 1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {externalIPs: [null]}} | document 1: Service a, spec.externalIPs[0]: a value is expected, not null
            {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a}, addressType: IPv4, endpoints: [null]} | EndpointSlice a, endpoints[0]: a value is expected, not null
            {kind: Service, metadata: {name: a}} | Service a, apiVersion: v1 is expected, and there is none
            {apiVersion: discovery.k8s.io/v1beta1, kind: EndpointSlice, metadata: {name: a}} | EndpointSlice a, apiVersion: discovery.k8s.io/v1 is expected, not discovery.k8s.io/v1beta1
            {apiVersion: v1, kind: List, items: &a [*a]} | document 1: it is nested too deeply, or refers to itself
            {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: [{kind: 5}, {}]}]} | document 1, items[0].items[1]: kind is missing
            {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {externalIPs: [foo]}} | Service a, spec.externalIPs[0]: an IP address is expected, not 'foo'
            {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {loadBalancerSourceRanges: [10.0.0.0/8, foo]}} | Service a, spec.loadBalancerSourceRanges[1]: a range like 10.0.0.0/8 is expected, not 'foo'
            {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {sessionAffinity: Sticky}} | Service a, spec.sessionAffinity must be ClientIP or None, not 'Sticky'
            {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {internalTrafficPolicy: Lokal}} | Service a, spec.internalTrafficPolicy must be Cluster or Local, not 'Lokal'
            {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a}, addressType: IPv4, endpoints: [{addresses: [nonsense]}]} | EndpointSlice a, endpoints[0].addresses[0]: an IPv4 address is expected, not 'nonsense'
            {apiVersion: v1, kind: Node, metadata: {labels: {}}} | Node: metadata.name is missing
            {apiVersion: v1, kind: Node, metadata: {name: n}, status: {addresses: 5}} | Node n: status.addresses: a list is expected
            {apiVersion: v1, kind: Pod} | no Service, EndpointSlice or Node in it
            """)
    void inputThatCannotBeUsedIsRefusedWithPlaceAndReason(String text, String problem) throws IOException {
        Path file = Files.writeString(folder.resolve("odd.yaml"), text);
        assertThat(explain("--from", file.toString(), "--node", "n", "10.1.1.1:80"))
                .isEqualTo(2);
        assertThat(err.toString()).contains(problem).doesNotContain("Exception").doesNotContain("java.");
    }

    @Test
    void aBrokenDocumentIsNamedBesideTheProblemsOfTheOthers() throws IOException {
        Path file =
                Files.writeString(folder.resolve("two.yaml"), "kind: [\n---\n".replace("kind: [", "a: b") + "a: {\n");
        assertThat(explain("--from", file.toString(), "--node", "n", "10.1.1.1:80"))
                .isEqualTo(2);
        assertThat(err.toString().lines())
                .anyMatch(line -> line.startsWith(file + ", document 1: kind is missing"))
                .anyMatch(line -> line.startsWith(file + ", document 2: neither YAML nor JSON: "));
    }

    @Test
    void annotationsOfAServiceInADumpAreHonoured() throws IOException {
        Path file = Files.writeString(
                folder.resolve("annotated.yaml"),
                Files.readString(Path.of(CLUSTER))
                        .replace(
                                "metadata: {name: catalog, namespace: shop}",
                                "metadata: {name: catalog, namespace: shop, annotations: {remora.io/policy: random,"
                                        + " remora.io/outlier: maybe, other.io/policy: x}}"));
        assertThat(explain("--from", file.toString(), "--node", "node-a", "10.96.0.10:80"))
                .isZero();
        assertThat(out.toString())
                .contains("choice     random: every endpoint with the same chance (annotation remora.io/policy)")
                .contains("note: the Service's annotations set remora.io/policy=random\n")
                .contains("note: annotation ignored: remora.io/outlier=maybe: not valid; give one of on, off\n")
                .doesNotContain("other.io");
    }

    @Test
    void utf16WithItsMarkIsRead() throws IOException {
        Path file = Files.write(
                folder.resolve("windows.yaml"),
                ("\ufeff" + Files.readString(Path.of(CLUSTER))).getBytes(StandardCharsets.UTF_16LE));
        assertThat(explain("--from", file.toString(), "--node", "node-a", "10.96.0.10:80"))
                .isZero();
        assertThat(out.toString()).contains("forwarded to one of 2 endpoints");
    }

    @Test
    void aNodeWithoutAZoneLabelIsInNoZoneWhateverItsEndpointsSay() throws IOException {
        Path node = Files.writeString(
                folder.resolve("node.yaml"),
                "{apiVersion: v1, kind: Node, metadata: {name: node-a}, status: {addresses: []}}");
        assertThat(explain("--from", CLUSTER, node.toString(), "--node", "node-a", "10.96.0.20:80"))
                .isZero();
        assertThat(out.toString()).contains("on node node-a, in no zone").contains("2 of 2");
    }

    @Test
    void aDumpWithoutEndpointSlicesIsWarnedAbout() throws IOException {
        Path file = Files.writeString(
                folder.resolve("services.yaml"),
                "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {clusterIP: 10.96.0.9, ports: [{port: 80}]}}");
        assertThat(explain("--from", file.toString(), "--node", "n", "10.96.0.9:80"))
                .isZero();
        assertThat(err.toString()).contains("warning: there is no EndpointSlice in the input");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThat(explain("--from", "nowhere.yaml", "--node", "n", "10.1.1.1:80"))
                .isEqualTo(2);
        assertThat(err.toString()).isEqualToIgnoringNewLines("nowhere.yaml: no such file");
    }

    @Test
    void withoutATargetTheFixIsSaid() {
        assertThat(explain("--from", CLUSTER)).isEqualTo(2);
        assertThat(err.toString()).contains("say what to explain: remora explain 10.96.0.10:80");
    }

    @Test
    void aNodeThatTheInputDoesNotHaveIsAWarning() {
        assertThat(explain("--from", CLUSTER, "--node", "node-z", "10.96.0.10:80"))
                .isZero();
        assertThat(err.toString()).contains("there is no Node 'node-z' in the input");
    }

    @Test
    void optionsOfTheFilesAreRefusedForAnAgent() {
        assertThat(explain("--node", "node-a", "--zone", "z", "10.96.0.10:80")).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(2).allMatch(line -> line.contains("is of use with --from only"));
    }

    private int explain(String... arguments) {
        List<String> all = new ArrayList<>(List.of("explain"));
        all.addAll(List.of(arguments));
        CommandLine remora = Remora.commandLine();
        remora.setOut(new PrintWriter(out, true));
        remora.setErr(new PrintWriter(err, true));
        try {
            return remora.execute(all.toArray(String[]::new));
        } catch (UncheckedIOException e) {
            throw new AssertionError(e);
        }
    }
}
