package io.remora.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.remora.lab.Pod;
import io.remora.lab.api.LabObjects;
import io.remora.lab.api.ServiceTemplate;
import io.remora.lab.api.SliceTemplate;
import io.remora.lab.process.LabException;
import io.remora.lab.sidecar.Sidecar;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a Service says about itself, end to end: the client is on node-a in zone-a. */
@SuppressWarnings("NullAway.Init")
class ServiceRulesIT {
    private static final String NAMESPACE = "default";
    private static final String EXTERNAL_IP = "203.0.113.7";

    private static Cluster cluster;
    private static Sidecar sidecar;
    private static Pod near;
    private static Pod far;

    @BeforeAll
    static void start() {
        cluster = Cluster.start();
        near = cluster.server("near", "node-a");
        far = cluster.server("far", "node-b");
        sidecar = Sidecar.inject(
                cluster.lab(),
                cluster.client(),
                Cluster.config(Jdk.newest()).initArguments("--service-cidr", "203.0.113.0/24"));
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @AfterEach
    void nothingIsInFlight() {
        Cluster.assertNothingInFlight(sidecar);
    }

    @Test
    void affinityKeepsAClientWithOnePodUntilItRunsOutOrIsSwitchedOff() {
        Target target = service(
                "cart",
                spec -> spec.editSpec()
                        .withSessionAffinity("ClientIP")
                        .withNewSessionAffinityConfig()
                        .withNewClientIP(1)
                        .endSessionAffinityConfig()
                        .endSpec());

        assertThat(answers(target, 15)).hasSize(1);
        JsonNode slow = cluster.run("connect", "--target", target.v4(), "--count", "12", "--interval-ms", "1200");
        assertThat(names(slow))
                .as("each connection comes after the timeout: %s", slow)
                .hasSize(2);
        assertThat(explain(target.v4()).path("affinity").path("seconds").asInt())
                .isEqualTo(1);

        edit(
                "cart",
                spec -> spec.editSpec()
                        .withSessionAffinity("None")
                        .withSessionAffinityConfig(null)
                        .endSpec());
        await("affinity is off", () -> explain(target.v4()).path("affinity").isMissingNode());
        assertThat(answers(target, 40)).hasSize(2);
    }

    @Test
    void topologyHintsKeepConnectionsInTheZoneAndOnTheNode() {
        Target target = service("near-by", spec -> spec);
        endpoints("near-by", hinted(near, "zone-a", null), hinted(far, "zone-b", null));
        awaitReason(target, "ready endpoints whose topology hints name the client's zone");
        assertThat(explain(target.v4()).path("client").path("zoneSource").asString())
                .as("nobody told the zone: an endpoint on the node carries it")
                .isEqualTo("learned from an endpoint on the same node");
        assertThat(answers(target, 40)).containsExactly("near");

        endpoints("near-by", hinted(near, "zone-b", null), hinted(far, "zone-a", "node-a"));
        awaitReason(target, "ready endpoints whose topology hints name the client's zone");
        assertThat(answers(target, 40)).containsExactly("far");

        endpoints("near-by", hinted(near, "zone-a", "node-b"), hinted(far, "zone-a", "node-a"));
        awaitReason(target, "ready endpoints whose topology hints name the client's node");
        assertThat(answers(target, 40)).containsExactly("far");

        endpoints("near-by", hinted(near, "zone-a", null), endpoint(far));
        await(
                "an endpoint without a hint switches them off",
                () -> reason(target).startsWith("every ready endpoint"));
        assertThat(answers(target, 40)).containsExactly("far", "near");
    }

    @Test
    void aClientOnAnotherNodeGoesToItsOwnZone() {
        Target target = service("both-zones", spec -> spec);
        endpoints("both-zones", hinted(near, "zone-a", null), hinted(far, "zone-b", null));
        Pod other = cluster.lab().addPod("client-b", "node-b");
        try (Sidecar second = Sidecar.inject(
                cluster.lab(), other, Cluster.config(Jdk.newest()).env("REMORA_ZONE", "zone-b"))) {
            Cluster.awaitEndpoint(second, "both-zones", far.ip() + ":" + Cluster.HTTP);
            JsonNode result =
                    Cluster.last(other.exec(Cluster.clientOf("connect", "--target", target.v4(), "--count", "40")));
            assertThat(names(result)).as("%s", result).containsExactly("far");
        }
        other.delete();
    }

    @Test
    void aLocalPolicyUsesTheNodesOwnEndpointsOrFailsAtOnceAndSaysWhy() {
        Target target = service(
                "local",
                spec -> spec.editSpec()
                        .withInternalTrafficPolicy("Local")
                        .withExternalIPs("203.0.113.8")
                        .endSpec());
        assertThat(answers(target, 40)).containsExactly("near");

        endpoints("local", endpoint(far));
        awaitReason(target, "no usable endpoint on the client's node, and internalTrafficPolicy is Local");
        assertFailsAtOnce(target.v4());
        assertThat(names(cluster.run("connect", "--target", "203.0.113.8:80", "--count", "5")))
                .as("other addresses of the Service use the whole cluster")
                .containsExactly("far");
    }

    @Test
    void endpointsThatTerminateServeUntilOneIsReady() {
        Target target = service("draining", spec -> spec);
        endpoints("draining", draining(far));
        awaitReason(target, "no endpoint is ready: those that still serve while they terminate");
        assertThat(answers(target, 20)).containsExactly("far");

        endpoints("draining", draining(far), endpoint(near));
        awaitReason(target, "every ready endpoint");
        assertThat(answers(target, 20)).containsExactly("near");
    }

    @Test
    void aPodThatIsATerminatingEndpointItselfGoesToTheReadyOnes() {
        Target target = service("farewell", spec -> spec);
        endpoints("farewell", draining(cluster.client()), endpoint(far));
        awaitReason(target, "every ready endpoint");
        assertThat(answers(target, 20)).containsExactly("far");
    }

    @Test
    void anExternalIpLeadsToTheService() {
        Target target = service(
                "external", spec -> spec.editSpec().withExternalIPs(EXTERNAL_IP).endSpec());
        await("it is known", () -> reason(target).startsWith("every ready endpoint"));
        assertThat(names(cluster.run("connect", "--target", EXTERNAL_IP + ":80", "--count", "40")))
                .containsExactly("far", "near");
        assertThat(explain(EXTERNAL_IP + ":80").path("frontend").path("kind").asString())
                .isEqualTo("external IP");
    }

    @Test
    void aPodReachesItselfThroughItsServiceOverItsOwnAddress() {
        cluster.serve(cluster.client(), "--http", Cluster.HTTP, "--peer", Cluster.GREETING);
        Target target = service("hairpin", spec -> spec);
        endpoints("hairpin", endpoint(cluster.client()));
        await(
                "it has one endpoint",
                () -> explain(target.v4()).path("endpoints").size() == 1);
        assertThat(answers(target, 10)).containsExactly("client");

        edit(
                "hairpin",
                spec -> spec.editSpec()
                        .editFirstPort()
                        .withNewTargetPort(Cluster.GREETING)
                        .endPort()
                        .endSpec());
        slice("hairpin", "IPv4", Cluster.GREETING, endpoint(cluster.client()));
        await(
                "it has the other port",
                () -> explain(target.v4())
                                .path("endpoints")
                                .path(0)
                                .path("port")
                                .asInt()
                        == Cluster.GREETING);
        JsonNode result = cluster.run("connect", "--target", target.v4(), "--protocol", "greeting");
        assertThat(names(result))
                .as("the source is the pod's own: %s", result)
                .containsExactly(cluster.client().ip());
    }

    @Test
    void aNamedPortMayHaveAnotherNumberInEachSlice() {
        Target target = service("named", spec -> spec);
        slice("named", "IPv4", Cluster.HTTP, endpoint(near));
        Pod odd = cluster.lab().addPod("odd", "node-b");
        cluster.serve(odd, "--http", 9999);
        LabObjects.apply(
                api(),
                SliceTemplate.of(NAMESPACE, "named", "named-odd", "IPv4")
                        .port("main", 9999)
                        .endpoint(endpoint(odd))
                        .build());
        await(
                "both slices are used",
                () -> explain(target.v4()).path("endpoints").size() == 2);
        assertThat(answers(target, 40)).containsExactly("near", "odd");
        odd.delete();
    }

    @Test
    void tcpIsBalancedWhereTheSamePortHasUdpTooWhichIsNotCaptured() {
        Target target = service(
                "dns",
                spec -> spec.editSpec()
                        .addNewPort()
                        .withName("udp")
                        .withProtocol("UDP")
                        .withPort(80)
                        .withNewTargetPort(Cluster.UDP)
                        .endPort()
                        .endSpec());
        assertThat(answers(target, 20)).containsExactly("far", "near");
        JsonNode udp = explain(target.v4() + "/udp");
        assertThat(udp.path("decision").asString()).isEqualTo("pass-through");
        assertThat(udp.path("capture").path("captured").asBoolean(true)).isFalse();
    }

    @Test
    void aPortThatTheServiceDoesNotHaveFailsAtOnce() {
        Target target = service("one-port", spec -> spec);
        String undefined = target.v4().replace(":80", ":81");
        assertFailsAtOnce(undefined);
        assertThat(explain(undefined).path("reason").asString()).isEqualTo("the Service has no such TCP port");
    }

    @Test
    void aServiceThatIsMadeAgainWithAnotherAddressIsFoundThereAndNoMoreAtTheOldOne() {
        Target before = service("again", spec -> spec);
        cluster.lab().services().delete("again");
        Target after = service(
                "again",
                spec -> spec.editSpec()
                        .withClusterIP(before.v4().equals("10.96.77.7:80") ? "10.96.77.8" : "10.96.77.7")
                        .withClusterIPs(List.of(before.v4().equals("10.96.77.7:80") ? "10.96.77.8" : "10.96.77.7"))
                        .withIpFamilyPolicy("SingleStack")
                        .withIpFamilies("IPv4")
                        .endSpec());
        assertThat(after.v4()).isNotEqualTo(before.v4());
        assertThat(answers(after, 20)).containsExactly("far", "near");
        assertThat(explain(before.v4()).path("decision").asString()).isEqualTo("pass-through");
    }

    @Test
    void bothFamiliesOfADualStackServiceLeadToTheirOwnEndpoints() {
        Target target = service("dual", spec -> spec);
        slice(
                "dual",
                "IPv6",
                Cluster.HTTP,
                new EndpointBuilder(endpoint(far)).withAddresses(far.ip6()).build());
        await(
                "IPv6 has one endpoint",
                () -> explain(target.of("IPv6")).path("endpoints").size() == 1);
        assertThat(answers(target, 20)).containsExactly("far", "near");
        assertThat(names(cluster.run("connect", "--target", target.of("IPv6"), "--count", "20")))
                .containsExactly("far");
    }

    private static KubernetesClient api() {
        return cluster.lab().controlPlane().admin();
    }

    /** A Service on port 80 with both pods behind it, known to the agent. */
    private static Target service(String name, UnaryOperator<ServiceBuilder> change) {
        Service made = api().resource(change.apply(new ServiceBuilder(ServiceTemplate.named(NAMESPACE, name)
                                .port("main", 80, Cluster.HTTP)
                                .dualStack()
                                .build()))
                        .build())
                .create();
        Target target = new Target(name, made.getSpec().getClusterIPs(), 80);
        endpoints(name, endpoint(near), endpoint(far));
        await(
                "the agent has " + name,
                () -> explain(target.v4()).path("endpoints").size() == 2);
        return target;
    }

    private static void edit(String name, UnaryOperator<ServiceBuilder> change) {
        api().services()
                .inNamespace(NAMESPACE)
                .withName(name)
                .edit(service -> change.apply(new ServiceBuilder(service)).build());
    }

    private static void endpoints(String service, Endpoint... endpoints) {
        slice(service, "IPv4", Cluster.HTTP, endpoints);
    }

    private static void slice(String service, String family, int port, Endpoint... endpoints) {
        SliceTemplate slice = SliceTemplate.of(NAMESPACE, service, service + "-" + family.charAt(3), family)
                .port("main", port);
        for (Endpoint endpoint : endpoints) {
            slice = slice.endpoint(endpoint);
        }
        LabObjects.apply(api(), slice.build());
    }

    private static Endpoint endpoint(Pod pod) {
        return cluster.lab().services().endpoint(pod, pod.ip());
    }

    private static Endpoint hinted(Pod pod, String zone, @Nullable String node) {
        EndpointBuilder endpoint = new EndpointBuilder(endpoint(pod))
                .editOrNewHints()
                .addNewForZone(zone)
                .endHints();
        return (node == null
                        ? endpoint
                        : endpoint.editOrNewHints().addNewForNode(node).endHints())
                .build();
    }

    private static Endpoint draining(Pod pod) {
        return new EndpointBuilder(endpoint(pod))
                .editConditions()
                .withReady(false)
                .withServing(true)
                .withTerminating(true)
                .endConditions()
                .build();
    }

    private static Set<String> answers(Target target, int count) {
        return names(cluster.run("connect", "--target", target.v4(), "--count", Integer.toString(count)));
    }

    private static Set<String> names(JsonNode result) {
        assertThat(result.path("failed").asInt()).as("%s", result).isZero();
        return new TreeSet<>(result.path("answers").propertyNames());
    }

    /** Each is refused or reset within 100 ms, but for the first, which pays for the classes that the client loads. */
    private static void assertFailsAtOnce(String address) {
        List<String> lines = cluster.client()
                .exec(Cluster.clientOf(
                        "connect", "--target", address, "--protocol", "greeting", "--count", "10", "--each", "true"))
                .out()
                .lines()
                .toList();
        assertThat(lines).hasSize(11);
        for (String line : lines.subList(1, 10)) {
            JsonNode each = Cluster.json(line);
            assertThat(each.path("error").asString()).as("%s", lines).containsAnyOf("reset", "refused");
            assertThat(each.path("micros").asLong()).as("%s", lines).isLessThan(1_000_000);
        }
    }

    private static JsonNode explain(String target) {
        return sidecar.admin().json("/explain?target=" + URLEncoder.encode(target, StandardCharsets.UTF_8));
    }

    private static String reason(Target target) {
        return explain(target.v4()).path("reason").asString();
    }

    private static void awaitReason(Target target, String reason) {
        await(target + " has the reason: " + reason, () -> reason(target).equals(reason));
    }

    private static void await(String what, Sidecar.Condition condition) throws LabException {
        sidecar.await(what, Cluster.GENEROUS, condition);
    }
}
