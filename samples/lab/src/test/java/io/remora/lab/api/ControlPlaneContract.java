package io.remora.lab.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServiceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.remora.lab.process.LabException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What every API server of the lab does alike, the embedded ones and the real one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class ControlPlaneContract {
    private static final AtomicInteger SERIAL = new AtomicInteger();

    private ControlPlane plane;
    private ApiHttp http;
    private KubernetesClient client;
    private String namespace;

    abstract ControlPlane launch();

    ControlPlane plane() {
        return plane;
    }

    @BeforeAll
    void launchControlPlane() {
        plane = launch();
        http = new ApiHttp(plane.localUrl(), plane.certificate(), plane.adminToken());
        client = plane.admin();
    }

    @AfterAll
    void closeControlPlane() {
        if (plane != null) {
            plane.close();
        }
    }

    @BeforeEach
    void createNamespace() {
        namespace = "contract-" + SERIAL.incrementAndGet();
        LabObjects.createNamespace(client, namespace);
    }

    private ServiceBuilder service(String name) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .addNewPort()
                .withPort(80)
                .withTargetPort(new IntOrString(8080))
                .endPort()
                .endSpec();
    }

    private Service create(String name) {
        return client.resource(service(name).build()).create();
    }

    private String services() {
        return "/api/v1/namespaces/" + namespace + "/services";
    }

    private String watching(String parameters) {
        return services() + "?watch=1&timeoutSeconds=60&" + parameters;
    }

    private String currentVersion() {
        return client.services().inNamespace(namespace).list().getMetadata().getResourceVersion();
    }

    private void relabel(String name, String key, String value) {
        client.services()
                .inNamespace(namespace)
                .withName(name)
                .edit(found -> new ServiceBuilder(found)
                        .editMetadata()
                        .addToLabels(key, value)
                        .endMetadata()
                        .build());
    }

    private void delete(String name) {
        client.services().inNamespace(namespace).withName(name).delete();
    }

    private static void assertRefused(Runnable request, int code) {
        assertThatThrownBy(request::run)
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(code));
    }

    @Test
    void aWatchWithoutVersionBeginsWithWhatExists() throws Exception {
        create("a");
        create("b");
        try (RawWatch watch = RawWatch.open(http, watching(""))) {
            assertThat(watch.nextChange()).isEqualTo("ADDED a");
            assertThat(watch.nextChange()).isEqualTo("ADDED b");
            create("c");
            assertThat(watch.nextChange()).isEqualTo("ADDED c");
        }
    }

    @Test
    void aWatchFromAListSeesEveryLaterChangeAndNoneBefore() throws Exception {
        create("a");
        String version = currentVersion();
        create("b");
        relabel("b", "tier", "front");
        delete("b");
        try (RawWatch watch = RawWatch.open(http, watching("resourceVersion=" + version))) {
            assertThat(watch.nextChange()).isEqualTo("ADDED b");
            assertThat(watch.nextChange()).isEqualTo("MODIFIED b");
            JsonNode deleted = watch.next(Duration.ofSeconds(10));
            assertThat(deleted.path("type").asString()).isEqualTo("DELETED");
            JsonNode metadata = deleted.path("object").path("metadata");
            assertThat(metadata.path("labels").path("tier").asString()).isEqualTo("front");
            assertThat(Long.parseLong(metadata.path("resourceVersion").asString()))
                    .as("a deletion has a version of its own")
                    .isGreaterThan(Long.parseLong(version) + 2);
        }
    }

    @Test
    void theClientWatchesOverAWebSocket() throws Exception {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        Watcher<Service> watcher = new Watcher<>() {
            @Override
            public void eventReceived(Action action, Service service) {
                events.add(action + " " + service.getMetadata().getName());
            }

            @Override
            public void onClose(WatcherException cause) {
                events.add("CLOSED");
            }
        };
        try (Watch watch = client.services().inNamespace(namespace).watch(watcher)) {
            assertThat(watch).isNotNull();
            create("a");
            delete("a");
            assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("ADDED a");
            assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("DELETED a");
        }
    }

    @Test
    void anInformerFollowsItsObjects() {
        create("a");
        try (var informer = client.services().inNamespace(namespace).inform()) {
            create("b");
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> informer.getStore().list().size() == 2);
            delete("a");
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> informer.getStore().list().size() == 1);
        }
    }

    @Test
    void aWatchThatAsksGetsABookmarkOfNewerVersionsBeforeItsTimeOutAndThenEnds() throws Exception {
        create("a");
        String path =
                services() + "?watch=1&timeoutSeconds=6&allowWatchBookmarks=true&resourceVersion=" + currentVersion();
        try (RawWatch watch = RawWatch.open(http, path)) {
            String elsewhere = client.resource(service("elsewhere-" + namespace)
                            .editMetadata()
                            .withNamespace("default")
                            .endMetadata()
                            .build())
                    .create()
                    .getMetadata()
                    .getResourceVersion();
            JsonNode bookmark = watch.next(Duration.ofSeconds(20));
            assertThat(bookmark.path("type").asString()).isEqualTo("BOOKMARK");
            assertThat(bookmark.path("object").path("kind").asString()).isEqualTo("Service");
            assertThat(Long.parseLong(bookmark.path("object")
                            .path("metadata")
                            .path("resourceVersion")
                            .asString()))
                    .isGreaterThanOrEqualTo(Long.parseLong(elsewhere));
            JsonNode last = watch.next(Duration.ofSeconds(20));
            while (last.path("type").asString().equals("BOOKMARK")) { // until the watch's time-out
                last = watch.next(Duration.ofSeconds(20));
            }
            assertThat(last.path("type").asString()).isEqualTo(RawWatch.END);
        }
    }

    @Test
    void aWatchWithNothingNewerGetsNoBookmark() throws Exception {
        create("a");
        String version = currentVersion();
        String path = services() + "?watch=1&timeoutSeconds=4&allowWatchBookmarks=true&resourceVersion=" + version;
        try (RawWatch watch = RawWatch.open(http, path)) {
            JsonNode last = watch.next(Duration.ofSeconds(20));
            while (last.path("type").asString().equals("BOOKMARK")) { // kube-apiserver writes leases of its own
                assertThat(Long.parseLong(last.path("object")
                                .path("metadata")
                                .path("resourceVersion")
                                .asString()))
                        .isGreaterThan(Long.parseLong(version));
                last = watch.next(Duration.ofSeconds(20));
            }
            assertThat(last.path("type").asString()).isEqualTo(RawWatch.END);
        }
    }

    @Test
    void aWatchListEndsItsInitialEventsWithABookmark() throws Exception {
        create("a");
        String parameters = "allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
        try (RawWatch watch = RawWatch.open(http, watching(parameters))) {
            assertThat(watch.nextChange()).isEqualTo("ADDED a");
            JsonNode metadata =
                    watch.next(Duration.ofSeconds(10)).path("object").path("metadata");
            assertThat(metadata.path("annotations")
                            .path("k8s.io/initial-events-end")
                            .asString())
                    .isEqualTo("true");
        }
    }

    @Test
    void aServiceIsFoundAndWatchedByItsClusterIp() throws Exception {
        create("other");
        String address = create("a").getSpec().getClusterIP();
        ServiceList found = client.services()
                .inAnyNamespace()
                .withField("spec.clusterIP", address)
                .list();
        assertThat(found.getItems())
                .extracting(each -> each.getMetadata().getName())
                .containsExactly("a");
        String path = "/api/v1/services?watch=1&timeoutSeconds=60&fieldSelector=spec.clusterIP%3D" + address;
        try (RawWatch watch = RawWatch.open(http, path)) {
            assertThat(watch.nextChange()).isEqualTo("ADDED a");
            relabel("other", "x", "y");
            delete("a");
            assertThat(watch.nextChange()).isEqualTo("DELETED a");
        }
    }

    @Test
    void anUnknownFieldSelectorIsABadRequest() {
        assertRefused(
                () -> client.services()
                        .inNamespace(namespace)
                        .withField("spec.foo", "bar")
                        .list(),
                400);
    }

    @Test
    void labelSelectorsSelectAsInKubernetes() {
        create("a");
        create("b");
        create("c");
        relabel("a", "tier", "front");
        relabel("b", "tier", "back");
        assertThat(selected("tier=front")).containsExactly("a");
        assertThat(selected("tier!=front")).containsExactly("b", "c");
        assertThat(selected("tier in (front, back)")).containsExactly("a", "b");
        assertThat(selected("tier notin (front)")).containsExactly("b", "c");
        assertThat(selected("tier")).containsExactly("a", "b");
        assertThat(selected("!tier")).containsExactly("c");
        assertThat(selected("tier,tier!=back")).containsExactly("a");
    }

    private List<String> selected(String selector) {
        return client.services().inNamespace(namespace).withLabelSelector(selector).list().getItems().stream()
                .map(each -> each.getMetadata().getName())
                .toList();
    }

    @Test
    void anObjectThatLeavesTheSelectionIsDeletedForItsWatch() throws Exception {
        create("a");
        String version = currentVersion();
        try (RawWatch watch = RawWatch.open(http, watching("labelSelector=tier%3Dfront&resourceVersion=" + version))) {
            relabel("a", "tier", "front");
            assertThat(watch.nextChange()).isEqualTo("ADDED a");
            relabel("a", "tier", "back");
            assertThat(watch.nextChange()).isEqualTo("DELETED a");
        }
    }

    @Test
    void listsComeInPages() {
        for (String name : List.of("a", "b", "c")) {
            create(name);
        }
        JsonNode first = get(services() + "?limit=2");
        assertThat(first.path("items").size()).isEqualTo(2);
        create("b2");
        JsonNode rest = get(services() + "?limit=2&continue="
                + first.path("metadata").path("continue").asString());
        assertThat(rest.path("items").findValuesAsString("name")).contains("c").doesNotContain("b2");
        assertThat(rest.path("metadata").has("continue")).isFalse();
    }

    private JsonNode get(String path) {
        return new JsonMapper().readTree(http.get(path));
    }

    @Test
    void aVersionThatDoesNotExistYetKeepsAWatchSilentAndRefusesAList() throws Exception {
        String future = Long.toString(Long.parseLong(currentVersion()) + 1_000_000);
        String path = services() + "?watch=1&timeoutSeconds=4&allowWatchBookmarks=true&resourceVersion=" + future;
        try (RawWatch watch = RawWatch.open(http, path)) {
            create("a");
            assertThat(watch.next(Duration.ofSeconds(10)).path("type").asString())
                    .as("no event and no bookmark before the end")
                    .isEqualTo(RawWatch.END);
        }
        assertThatThrownBy(() -> get(services() + "?resourceVersion=" + future))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("504")
                .hasMessageContaining("ResourceVersionTooLarge");
    }

    @Test
    void clusterIpsAreAllocatedFromBothRanges() {
        Service single = create("single");
        assertThat(single.getSpec().getClusterIP()).startsWith("10.96.");
        assertThat(single.getSpec().getIpFamilies()).containsExactly("IPv4");
        Service dual = client.resource(service("dual")
                        .editSpec()
                        .withIpFamilyPolicy("RequireDualStack")
                        .endSpec()
                        .build())
                .create();
        assertThat(dual.getSpec().getClusterIPs()).hasSize(2);
        assertThat(dual.getSpec().getClusterIPs().get(1)).startsWith("fd00:96::");
        assertThat(dual.getSpec().getClusterIP()).isNotEqualTo(single.getSpec().getClusterIP());
        Service ipv6 = client.resource(service("ipv6")
                        .editSpec()
                        .withIpFamilies("IPv6")
                        .endSpec()
                        .build())
                .create();
        assertThat(ipv6.getSpec().getClusterIPs()).singleElement().asString().startsWith("fd00:96::");
        Service headless = client.resource(service("headless")
                        .editSpec()
                        .withClusterIP("None")
                        .withSelector(Map.of("app", "x"))
                        .endSpec()
                        .build())
                .create();
        assertThat(headless.getSpec().getClusterIPs()).containsExactly("None");
    }

    @Test
    void aChosenClusterIpMustBeInTheRangeAndFree() {
        assertThat(client.resource(withAddress("a", "10.96.0.77"))
                        .create()
                        .getSpec()
                        .getClusterIP())
                .isEqualTo("10.96.0.77");
        assertThat(get("/apis/networking.k8s.io/v1/ipaddresses/10.96.0.77")
                        .path("spec")
                        .path("parentRef")
                        .path("name")
                        .asString())
                .isEqualTo("a");
        assertRefused(() -> client.resource(withAddress("b", "10.96.0.77")).create(), 422);
        assertRefused(() -> client.resource(withAddress("b", "10.97.0.1")).create(), 422);
        delete("a");
        await().atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(client.resource(withAddress("b", "10.96.0.77"))
                                .create()
                                .getSpec()
                                .getClusterIP())
                        .isEqualTo("10.96.0.77"));
        delete("b");
    }

    private Service withAddress(String name, String address) {
        return service(name).editSpec().withClusterIP(address).endSpec().build();
    }

    @Test
    void servicesGetTheirDefaults() {
        Service created = create("a");
        assertThat(created.getSpec().getType()).isEqualTo("ClusterIP");
        assertThat(created.getSpec().getSessionAffinity()).isEqualTo("None");
        assertThat(created.getSpec().getInternalTrafficPolicy()).isEqualTo("Cluster");
        assertThat(created.getSpec().getPorts().get(0).getProtocol()).isEqualTo("TCP");
        Service nodePort = client.resource(
                        service("np").editSpec().withType("NodePort").endSpec().build())
                .create();
        assertThat(nodePort.getSpec().getPorts().get(0).getNodePort()).isBetween(30_000, 32_767);
        assertThat(nodePort.getSpec().getExternalTrafficPolicy()).isEqualTo("Cluster");
    }

    @Test
    void conflictsAndAbsencesAreRefused() {
        Service stale = create("a");
        relabel("a", "x", "y");
        assertRefused(() -> create("a"), 409);
        assertRefused(
                () -> client.resource(new ServiceBuilder(stale)
                                .editMetadata()
                                .addToLabels("x", "z")
                                .endMetadata()
                                .build())
                        .update(),
                409);
        assertRefused(
                () -> client.resource(service("n")
                                .editMetadata()
                                .withNamespace("absent")
                                .endMetadata()
                                .build())
                        .create(),
                404);
        assertThat(client.services().inNamespace(namespace).withName("absent").get())
                .isNull();
        assertThatThrownBy(() -> http.get("/api/v1/namespaces/" + namespace + "/services/absent"))
                .hasMessageContaining("404");
    }

    @Test
    void anUpdateThatChangesNothingIsNoChange() {
        Service created = create("a");
        Service updated = client.resource(created).update();
        assertThat(updated.getMetadata().getResourceVersion())
                .isEqualTo(created.getMetadata().getResourceVersion());
    }

    @Test
    void statusIsChangedThroughItsSubresourceOnly() {
        Pod pod = client.resource(pod("p")).create();
        assertThat(pod.getStatus().getPhase())
                .as("a status at creation is ignored")
                .isEqualTo("Pending");
        String patch =
                "{\"status\":{\"phase\":\"Running\",\"podIP\":\"10.244.0.5\",\"podIPs\":[{\"ip\":\"10.244.0.5\"}],"
                        + "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}";
        var resource = client.pods().inNamespace(namespace).withName("p");
        Pod patched = resource.subresource("status").patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch);
        assertThat(patched.getStatus().getPhase()).isEqualTo("Running");
        resource.patch(
                PatchContext.of(PatchType.JSON_MERGE),
                "{\"metadata\":{\"labels\":{\"app\":\"x\"}},\"status\":{\"phase\":\"Failed\"}}");
        String condition = "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\"},"
                + "{\"type\":\"PodScheduled\",\"status\":\"True\"}]}}";
        Pod now = resource.subresource("status").patch(PatchContext.of(PatchType.STRATEGIC_MERGE), condition);
        assertThat(now.getStatus().getPhase()).isEqualTo("Running");
        assertThat(now.getMetadata().getLabels()).containsEntry("app", "x");
        assertThat(now.getStatus().getConditions())
                .filteredOn(each -> each.getType().equals("Ready"))
                .singleElement()
                .satisfies(each -> assertThat(each.getStatus()).isEqualTo("False"));
        assertThat(now.getStatus().getConditions())
                .anySatisfy(each -> assertThat(each.getType()).isEqualTo("PodScheduled"));
    }

    private Pod pod(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withNodeName("node-1")
                .withAutomountServiceAccountToken(false)
                .addNewContainer()
                .withName("app")
                .withImage("app")
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Failed")
                .endStatus()
                .build();
    }

    @Test
    void aPodOnANodeStaysUntilItsKubeletRemovesIt() throws Exception {
        Pod pod = client.resource(pod("p")).create();
        String path = "/api/v1/namespaces/" + namespace + "/pods?watch=1&timeoutSeconds=60&resourceVersion="
                + pod.getMetadata().getResourceVersion();
        try (RawWatch watch = RawWatch.open(http, path)) {
            var resource = client.pods().inNamespace(namespace).withName("p");
            resource.withGracePeriod(20).delete();
            assertThat(watch.nextChange()).isEqualTo("MODIFIED p");
            assertThat(resource.get().getMetadata().getDeletionTimestamp()).isNotNull();
            resource.withGracePeriod(0).delete();
            String next = watch.nextChange();
            // kube-apiserver records the shorter grace period first.
            assertThat(next.equals("MODIFIED p") ? watch.nextChange() : next).isEqualTo("DELETED p");
            assertThat(resource.get()).isNull();
        }
    }

    @Test
    void onlyThoseWithATokenAreServed() throws Exception {
        AgentAccount account = AgentAccount.create(plane, namespace, "agent");
        create("a");
        try (KubernetesClient agent = plane.client(account.token())) {
            assertThat(agent.services().inNamespace(namespace).list().getItems())
                    .hasSize(1);
        }
        HttpRequest anonymous =
                HttpRequest.newBuilder(plane.localUrl().resolve(services())).build();
        assertThat(http.client()
                        .send(anonymous, HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(403);
        try (KubernetesClient stranger = plane.client("stranger")) {
            assertRefused(() -> stranger.services().inNamespace(namespace).list(), 401);
        }
        assertThat(http.get("/version")).contains("gitVersion");
    }

    @Test
    void openWatchesAreCounted() throws Exception {
        long before = plane.metrics().openWatches("services");
        try (RawWatch watch = RawWatch.open(http, watching(""))) {
            assertThat(watch.status()).isEqualTo(200);
            await().atMost(Duration.ofSeconds(10)).until(() -> plane.metrics().openWatches("services") == before + 1);
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> plane.metrics().openWatches("services") == before);
    }

    @Test
    void stopCutsEveryConnectionAndStartKeepsTheState() throws Exception {
        Service kept = create("a");
        try (RawWatch watch = RawWatch.open(http, watching("resourceVersion=" + currentVersion()))) {
            plane.stop();
            assertThat(watch.next(Duration.ofSeconds(10)).path("type").asString())
                    .isEqualTo(RawWatch.END);
        }
        assertThatThrownBy(() -> http.get("/readyz")).isInstanceOf(LabException.class);
        plane.start();
        Service found = client.services().inNamespace(namespace).withName("a").get();
        assertThat(found.getMetadata().getUid()).isEqualTo(kept.getMetadata().getUid());
        assertThat(found.getMetadata().getResourceVersion())
                .isEqualTo(kept.getMetadata().getResourceVersion());
        assertThat(Long.parseLong(create("b").getMetadata().getResourceVersion()))
                .isGreaterThan(Long.parseLong(kept.getMetadata().getResourceVersion()));
    }

    @Test
    void aVersionFromBeforeTheHistoryIsGone() throws Exception {
        create("a");
        plane.stop();
        plane.start();
        try (RawWatch watch = RawWatch.open(http, watching("resourceVersion=1"))) {
            assertThat(watch.status()).isEqualTo(200);
            JsonNode error = watch.next(Duration.ofSeconds(10));
            assertThat(error.path("type").asString()).isEqualTo("ERROR");
            assertThat(error.path("object").path("code").asInt()).isEqualTo(410);
            assertThat(error.path("object").path("reason").asString()).isEqualTo("Expired");
        }
    }

    @Test
    void restartEmptyForgetsTheObjectsAndBeginsVersionsAnew() {
        for (int i = 0; i < 300; i++) {
            relabel("a-service", i);
        }
        long before = Long.parseLong(currentVersion());
        plane.restartEmpty();
        assertThat(client.namespaces().withName(namespace).get()).isNull();
        assertThat(client.namespaces().withName("default").get()).isNotNull();
        assertThat(Long.parseLong(currentVersion())).isLessThan(before);
    }

    private void relabel(String name, int value) {
        if (client.services().inNamespace(namespace).withName(name).get() == null) {
            create(name);
        }
        relabel(name, "count", Integer.toString(value));
    }
}
