package io.remora.kubernetes;

import static io.remora.kubernetes.ApiObjects.event;
import static io.remora.kubernetes.ApiObjects.list;
import static io.remora.kubernetes.ApiObjects.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.Interest;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.SourceStatus;
import io.remora.discovery.TransportAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OnDemandServicesTest {

    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
    private static final OnDemandConfig SETTINGS = OnDemandConfig.DEFAULT;
    private static final Duration IDLE = SETTINGS.idle();
    private static final String AT_START = "0.0.0.0";
    private static final Duration CHECK = IDLE.dividedBy(4);

    private final FakeWatchLoop loop = new FakeWatchLoop();
    private final FakeApi api = new FakeApi();
    private final RecordingSink sink = new RecordingSink();
    private final Random random = new Random(7);
    private final KubernetesDiscoverySource source = started(SETTINGS);

    {
        refuseAsUnknown(AT_START);
        api.requests.clear();
    }

    private KubernetesDiscoverySource started(OnDemandConfig onDemand) {
        var made = new KubernetesDiscoverySource(
                KubernetesConfig.DEFAULT.withScope(WatchScope.ON_DEMAND).withOnDemand(onDemand),
                () -> random,
                loop,
                unused -> api);
        made.start(sink);
        loop.run();
        return made;
    }

    private Interest ask(String ip) {
        Interest interest = source.interest(TransportAddress.tcp(IpAddress.parse(ip), 80));
        loop.run();
        return interest;
    }

    private static boolean isSettled(Interest interest) {
        return interest.settled().toCompletableFuture().isDone();
    }

    private void close(Interest interest) {
        interest.close();
        loop.run();
    }

    private static String byName(String ip) {
        return ClusterIpResolver.IP_ADDRESSES + "/" + ip;
    }

    private static String ipAddress(String ip, String resource, String name) {
        return """
                {"apiVersion":"networking.k8s.io/v1","kind":"IPAddress","metadata":{"name":"%s"},"spec":{"parentRef":
                {"group":"","resource":"%s","namespace":"default","name":"%s"}}}""".formatted(ip, resource, name);
    }

    private void refuseAsUnknown(String ip) {
        api.pending(byName(ip)).refuse(404, "ipaddresses.networking.k8s.io \\\"" + ip + "\\\" not found");
    }

    private static String service(String name, String... ips) {
        return ApiObjects.service(name, 3, ips[0])
                .replace(
                        "\"clusterIPs\":[\"" + ips[0] + "\"]",
                        "\"clusterIPs\":[\"" + String.join("\",\"", ips) + "\"]");
    }

    /** Answers the lists and opens the watches that follow; an empty text is no Service. */
    private void answerLists(String service, String... slices) {
        if (service.isEmpty()) {
            api.pending(SERVICES).answer(ApiObjects.list(9));
            assertThat(api.pending(SERVICES).path)
                    .as("the cache may lag behind")
                    .contains("limit=0");
        }
        api.pending(SERVICES).answer(service.isEmpty() ? ApiObjects.list(10) : ApiObjects.list(10, service));
        if (api.isPending(SLICES)) { // else it is not of interest any more
            api.pending(SLICES).answer(ApiObjects.list(10, slices));
        }
        if (api.isPending(SERVICES)) {
            api.pending(SERVICES).open();
            api.pending(SLICES).open();
        }
    }

    /** Looks web up at 10.96.0.1, with one endpoint; the interest is closed again. */
    private void watchWeb() {
        Interest interest = ask("10.96.0.1");
        api.pending(byName("10.96.0.1")).answer(ipAddress("10.96.0.1", "services", "web"));
        answerLists(service("web", "10.96.0.1"), slice("web-a", 5, "web", "10.1.0.1"));
        close(interest);
    }

    @Test
    void nothingIsListedAtTheStart() {
        assertThat(api.requests).isEmpty();
        assertThat(sink.take()).containsExactly("synced");
        SourceStatus status = source.status();
        assertThat(status.synced()).isTrue();
        assertThat(status.connected())
                .as("nothing is watched, so nothing is lost")
                .isTrue();
        assertThat(status.age()).isEqualTo(Duration.ZERO);
        assertThat(status.watches()).isZero();
        assertThat(status.problem()).isNull();
    }

    @Test
    void whoNamesServicesNeedsNoRightToLookAddressesUp() {
        var naming = new KubernetesDiscoverySource(
                KubernetesConfig.DEFAULT.withScope(WatchScope.ON_DEMAND).withHeadless(true),
                () -> random,
                loop,
                unused -> api);
        sink.take();
        naming.start(sink);
        loop.run();
        assertThat(api.requests)
                .singleElement()
                .satisfies(only -> assertThat(only.path).isEqualTo(ClusterIpResolver.VERSION));

        api.pending(ClusterIpResolver.VERSION).fail();
        loop.run();
        assertThat(naming.status().synced()).isFalse();
        assertThat(naming.status().problem()).isNotNull().doesNotContain("ClusterIP");
        loop.advance(Duration.ofSeconds(5));
        api.pending(ClusterIpResolver.VERSION).answer("{\"major\":\"1\",\"minor\":\"36\"}");
        loop.run();
        assertThat(naming.status().problem()).isNull();
        assertThat(sink.take()).containsExactly("synced");

        Interest interest = naming.interest(new ServiceId("default", "web"));
        loop.run();
        answerLists(service("web", "10.96.0.1"), slice("web-a", 5, "web", "10.1.0.1"));
        assertThat(isSettled(interest)).isTrue();
        assertThat(api.requests).noneMatch(request -> request.path.startsWith(ClusterIpResolver.IP_ADDRESSES));
    }

    @Test
    void theConnectionIsTriedAtTheStartUntilItStands() {
        var other = started(SETTINGS);
        assertThat(api.requests)
                .singleElement()
                .satisfies(only -> assertThat(only.path).isEqualTo(byName(AT_START)));
        for (int i = 0; i < 5; i++) {
            api.pending(byName(AT_START)).fail();
            assertThat(other.status().connected()).isFalse();
            assertThat(other.status().synced())
                    .as("connections wait for the hold time once")
                    .isFalse();
            loop.advance(Duration.ofSeconds(5));
        }
        refuseAsUnknown(AT_START);
        assertThat(other.status().connected()).isTrue();
        assertThat(other.status().synced()).isTrue();
        loop.advance(Duration.ofMinutes(5));
        assertThat(api.requests).hasSize(6);
    }

    @Test
    void theFirstConnectionLeadsToOneServiceAndItsSlices() {
        sink.take();
        Interest interest = ask("10.96.0.1");
        api.pending(byName("10.96.0.1")).answer(ipAddress("10.96.0.1", "services", "web"));

        assertThat(api.pending(SERVICES).path).endsWith("?resourceVersion=0&fieldSelector=metadata.name%3Dweb");
        assertThat(api.pending(SLICES).path)
                .endsWith("?resourceVersion=0&labelSelector=kubernetes.io%2Fservice-name%3Dweb"
                        + "%2C%21service.kubernetes.io%2Fheadless");
        api.pending(SERVICES).answer(list(10, service("web", "10.96.0.1")));
        assertThat(isSettled(interest)).as("its endpoints are not known yet").isFalse();
        assertThat(sink.take()).isEmpty();
        api.pending(SLICES).answer(list(10, slice("web-a", 5, "web", "10.1.0.1")));

        assertThat(sink.take()).containsExactly("+default/web[10.1.0.1:8080]");
        assertThat(isSettled(interest)).isTrue();
        assertThat(source.status().watches()).isEqualTo(2);
        assertThat(source.status().connected())
                .as("the watches have just begun")
                .isTrue();

        api.pending(SERVICES).open();
        api.pending(SLICES).open().send(event("MODIFIED", slice("web-a", 20, "web", "10.1.0.2")));
        assertThat(sink.take()).containsExactly("+default/web[10.1.0.2:8080]");
    }

    @Test
    void manyFirstConnectionsAtOnceShareOneLookUp() {
        List<Interest> interests = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            interests.add(ask("10.96.0.1"));
        }
        api.pending(byName("10.96.0.1")).answer(ipAddress("10.96.0.1", "services", "web"));
        for (int i = 0; i < 25; i++) {
            interests.add(ask("10.96.0.1")); // its Service is known, and not listed yet
        }
        answerLists(service("web", "10.96.0.1"));

        assertThat(interests).hasSize(50).allMatch(OnDemandServicesTest::isSettled);
        assertThat(api.count(byName("10.96.0.1"))).isEqualTo(1);
        assertThat(api.requests).as("a look-up, two lists, two watches").hasSize(5);
    }

    @Test
    void bothFamiliesLeadToOneWatchedService() {
        Interest six = ask("fd00:96::1");
        api.pending(byName("fd00:96::1")).answer(ipAddress("fd00:96::1", "services", "web"));
        answerLists(service("web", "10.96.0.1", "fd00:96::1"), slice("web-a", 5, "web", "10.1.0.1"));
        assertThat(isSettled(six)).isTrue();

        int before = api.requests.size();
        assertThat(isSettled(ask("10.96.0.1"))).isTrue();
        assertThat(api.requests).as("known by its Service already").hasSize(before);
    }

    @Test
    void anAddressThatIsNoServiceIsRememberedForAWhile() {
        Interest first = ask("10.96.0.9");
        refuseAsUnknown("10.96.0.9");
        assertThat(isSettled(first)).isTrue();

        assertThat(isSettled(ask("10.96.0.9"))).isTrue();
        loop.advance(SETTINGS.unknownAddressTtl().minusMillis(1));
        assertThat(isSettled(ask("10.96.0.9"))).isTrue();
        assertThat(api.count(byName("10.96.0.9"))).isEqualTo(1);

        loop.advance(Duration.ofMillis(1));
        assertThat(isSettled(ask("10.96.0.9"))).isFalse();
        assertThat(api.count(byName("10.96.0.9"))).isEqualTo(2);
        assertThat(source.status().problem()).isNull();
    }

    @Test
    void anAddressOfSomethingElseThanAServiceIsPassedThrough() {
        Interest interest = ask("10.96.0.9");
        api.pending(byName("10.96.0.9")).answer(ipAddress("10.96.0.9", "gateways", "edge"));
        assertThat(isSettled(interest)).isTrue();
        assertThat(source.status().watches()).isZero();
    }

    @Test
    void whereTheKindIsMissingServicesAreAskedForByTheirFirstAddress() {
        Interest interest = ask("fd00:96::1");
        api.pending(byName("fd00:96::1")).refuse(404, "the server could not find the requested resource");
        assertThat(api.pending("/api/v1/services").path)
                .isEqualTo("/api/v1/services?resourceVersion=0&fieldSelector=spec.clusterIP%3Dfd00%3A96%3A%3A1");
        api.pending("/api/v1/services").answer(list(9, service("web", "fd00:96::1")));
        answerLists(service("web", "fd00:96::1"), slice("web-a", 5, "web", "10.1.0.1"));
        assertThat(isSettled(interest)).isTrue();

        Interest other = ask("10.96.0.7");
        assertThat(api.count(byName("10.96.0.7"))).as("known to be missing").isZero();
        api.pending("/api/v1/services").answer(list(9));
        assertThat(isSettled(other)).isTrue();

        loop.advance(Duration.ofMinutes(10));
        ask("10.96.0.8");
        refuseAsUnknown("10.96.0.8"); // the API server was upgraded
        ask("10.96.0.6");
        assertThat(api.isPending(byName("10.96.0.6"))).isTrue();
    }

    @Test
    void withoutTheRightToReadIpAddressesServicesAreAskedFor() {
        Interest interest = ask("10.96.0.1");
        api.pending(byName("10.96.0.1")).refuse(403);
        api.pending("/api/v1/services").answer(list(9, service("web", "10.96.0.1")));
        answerLists(service("web", "10.96.0.1"));
        assertThat(isSettled(interest)).isTrue();
        assertThat(source.status().problem()).isNull();
    }

    @Test
    void withoutAnyRightAConnectionDoesNotWaitAndTheProblemIsTold() {
        Interest interest = ask("10.96.0.1");
        api.pending(byName("10.96.0.1")).refuse(403);
        api.pending("/api/v1/services").refuse(403);
        assertThat(isSettled(interest)).isTrue();
        assertThat(source.status().connected()).isFalse();
        assertThat(source.status().problem()).contains("grant get on ipaddresses");
    }

    @Test
    void aServiceThatMayNotBeReadDoesNotKeepItsConnectionsWaiting() {
        Interest interest = ask("10.96.0.1");
        api.pending(byName("10.96.0.1")).answer(ipAddress("10.96.0.1", "services", "web"));
        api.pending(SERVICES).refuse(403);
        assertThat(isSettled(interest)).isTrue();
        close(interest);
        assertThat(source.status().watches()).isZero();
        assertThat(isSettled(ask("10.96.0.1"))).isTrue();
        assertThat(api.count(byName("10.96.0.1"))).isEqualTo(1);
    }

    @Test
    void aFailedLookUpIsTriedAgainWhileSomebodyWaits() {
        Interest interest = ask("10.96.0.1");
        api.pending(byName("10.96.0.1")).fail();
        assertThat(isSettled(interest)).isFalse();
        assertThat(source.status().connected()).isFalse();
        assertThat(source.status().problem())
                .startsWith("cannot look up a ClusterIP: the connection to http://api broke");
        for (int i = 0; i < 10; i++) {
            loop.advance(Duration.ofSeconds(5));
            api.pending(byName("10.96.0.1")).refuse(503);
        }
        loop.advance(Duration.ofSeconds(5));
        api.pending(byName("10.96.0.1")).answer(ipAddress("10.96.0.1", "services", "web"));
        answerLists(service("web", "10.96.0.1"));
        assertThat(isSettled(interest)).isTrue();
        assertThat(source.status().problem()).isNull();
        assertThat(source.status().connected()).isTrue();
    }

    @Test
    void aFailedLookUpForWhichNobodyWaitsIsGivenUp() {
        close(ask("10.96.0.1"));
        api.pending(byName("10.96.0.1")).fail();
        close(ask("10.96.0.1"));
        assertThat(api.count(byName("10.96.0.1")))
                .as("not before its pause is over")
                .isEqualTo(1);
        loop.advance(Duration.ofMinutes(1));
        assertThat(api.count(byName("10.96.0.1"))).isEqualTo(1);
        assertThat(source.status().problem()).isNull();

        ask("10.96.0.1");
        assertThat(api.count(byName("10.96.0.1"))).isEqualTo(2);
    }

    @Test
    void aLookUpForWhichNobodyWaitsAnyMoreServesTheNextConnection() {
        close(ask("10.96.0.1"));
        api.pending(byName("10.96.0.1")).answer(ipAddress("10.96.0.1", "services", "web"));
        answerLists(service("web", "10.96.0.1"));
        assertThat(sink.services()).containsOnlyKeys("default/web");
    }

    @Test
    void aServiceThatIsDeletedIsToldAndNotWatchedAnyMore() {
        watchWeb();
        sink.take();
        FakeApi.Request slices = api.newest(SLICES);
        api.newest(SERVICES).send(event("DELETED", service("web", "10.96.0.1")));
        assertThat(sink.take()).containsExactly("-default/web");
        assertThat(source.status().watches()).isZero();
        assertThat(slices.isCancelled()).isTrue();

        Interest again = ask("10.96.0.5");
        api.pending(byName("10.96.0.5")).answer(ipAddress("10.96.0.5", "services", "web"));
        answerLists(service("web", "10.96.0.5"), slice("web-b", 7, "web", "10.1.0.9"));
        assertThat(isSettled(again)).isTrue();
        assertThat(sink.take()).containsExactly("+default/web[10.1.0.9:8080]");
    }

    @Test
    void aServiceThatTheCacheDoesNotHaveYetIsFoundInTheNewestState() {
        Interest interest = ask("10.96.0.1");
        api.pending(byName("10.96.0.1")).answer(ipAddress("10.96.0.1", "services", "web"));
        api.pending(SLICES).answer(list(9));
        api.pending(SERVICES).answer(list(9));
        assertThat(isSettled(interest)).isFalse();
        api.pending(SERVICES).answer(list(11, service("web", "10.96.0.1")));
        assertThat(isSettled(interest)).isTrue();
        assertThat(sink.take()).containsExactly("synced", "+default/web[]");
    }

    @Test
    void anAddressWhoseServiceIsGoneSinceIsPassedThrough() {
        Interest interest = ask("10.96.0.1");
        api.pending(byName("10.96.0.1")).answer(ipAddress("10.96.0.1", "services", "web"));
        answerLists("");
        assertThat(isSettled(interest)).isTrue();
        close(interest);
        assertThat(source.status().watches()).isZero();
        assertThat(isSettled(ask("10.96.0.1"))).isTrue();
        assertThat(api.count(byName("10.96.0.1"))).isEqualTo(1);
    }

    @Test
    void aServiceThatNobodyUsesIsDroppedAndComesBack() {
        watchWeb();
        sink.take();
        FakeApi.Request services = api.newest(SERVICES);
        for (Duration passed = Duration.ZERO; passed.compareTo(IDLE.multipliedBy(3)) < 0; passed = passed.plus(CHECK)) {
            sink.use("default/web");
            keepAlive();
        }
        assertThat(sink.take()).as("in use").isEmpty();
        sink.use("default/web");
        keepAlive(); // seen here
        for (int i = 0; i < 3; i++) {
            keepAlive();
            assertThat(sink.take()).isEmpty();
        }
        keepAlive();
        assertThat(sink.take()).containsExactly("-default/web");
        assertThat(source.status().watches()).isZero();
        assertThat(services.isCancelled()).isTrue();

        watchWeb();
        assertThat(sink.take()).containsExactly("+default/web[10.1.0.1:8080]");
    }

    /** Lets a check for idle Services pass, with the signs of life of a watch. */
    private void keepAlive() {
        for (int i = 0; i < 10; i++) {
            for (String kind : List.of(SERVICES, SLICES)) {
                if (!api.newest(kind).isCancelled()) {
                    api.newest(kind).send(ApiObjects.bookmark(50));
                }
            }
            loop.advance(CHECK.dividedBy(10));
        }
    }

    @Test
    void aServiceIsKeptAsLongAsItsAffinityHolds() {
        Interest interest = ask("10.96.0.1");
        api.pending(byName("10.96.0.1")).answer(ipAddress("10.96.0.1", "services", "web"));
        answerLists(service("web", "10.96.0.1")
                .replace(
                        "\"type\":\"ClusterIP\"",
                        "\"type\":\"ClusterIP\",\"sessionAffinity\":\"ClientIP\",\"sessionAffinityConfig\":"
                                + "{\"clientIP\":{\"timeoutSeconds\":3600}}"));
        close(interest);
        sink.take();
        for (int i = 0; i < 23; i++) {
            keepAlive();
        }
        assertThat(sink.take()).as("after 57 minutes").isEmpty();
        keepAlive();
        keepAlive();
        assertThat(sink.take()).containsExactly("-default/web");
    }

    @Test
    void anOpenInterestKeepsAServiceWatchedEvenWhileItIsGone() {
        sink.take();
        Interest interest = source.interest(new ServiceId("default", "web"));
        loop.run();
        answerLists("");
        assertThat(isSettled(interest)).isTrue();
        for (int i = 0; i < 8; i++) {
            keepAlive();
        }
        api.newest(SERVICES).send(event("ADDED", service("web", "10.96.0.1")));
        assertThat(sink.take()).containsExactly("+default/web[]");
        api.newest(SERVICES).send(event("DELETED", service("web", "10.96.0.1")));
        assertThat(sink.take()).containsExactly("-default/web");
        assertThat(source.status().watches()).isEqualTo(2);
        close(interest);
        assertThat(source.status().watches()).isZero();
    }

    @Test
    void warmServicesAreToldBeforeSyncedAndNeverDropped() {
        sink.take();
        var warm = started(SETTINGS.withWarm(List.of(new ServiceId("default", "web"))));
        refuseAsUnknown(AT_START);
        assertThat(warm.status().synced()).isFalse();
        answerLists(service("web", "10.96.0.1"), slice("web-a", 5, "web", "10.1.0.1"));
        assertThat(sink.take()).containsExactly("+default/web[10.1.0.1:8080]", "synced");
        for (int i = 0; i < 8; i++) {
            keepAlive();
        }
        assertThat(sink.take()).isEmpty();
        api.newest(SERVICES).send(event("DELETED", service("web", "10.96.0.1")));
        assertThat(sink.take()).containsExactly("-default/web");
        assertThat(warm.status().watches()).isEqualTo(2);
    }

    @Test
    void aWarmServiceThatMayNotBeReadHoldsNothingUp() {
        sink.take();
        var warm = started(SETTINGS.withWarm(List.of(new ServiceId("default", "web"))));
        api.pending(SERVICES).refuse(403);
        assertThat(sink.take()).isEmpty();
        refuseAsUnknown(AT_START);
        assertThat(sink.take()).containsExactly("synced");
        assertThat(warm.status().problem()).startsWith("cannot list service default/web: 403");
        loop.advance(Duration.ofSeconds(1));
        answerLists(service("web", "10.96.0.1"));
        assertThat(sink.take()).containsExactly("+default/web[]");
    }

    @Test
    void aLostWatchListsItsServiceAgain() {
        watchWeb();
        sink.take();
        api.newest(SLICES).fail();
        assertThat(source.status().connected()).isFalse();
        loop.advance(Duration.ofSeconds(1));
        assertThat(api.pending(SLICES).path).contains("limit=0").contains("service-name%3Dweb");
        api.pending(SLICES).answer(list(30, slice("web-c", 25, "web", "10.1.0.3")));
        api.pending(SLICES).open();
        assertThat(sink.take()).containsExactly("+default/web[10.1.0.3:8080]");
        assertThat(source.status().connected()).isTrue();
    }

    @Test
    void theMemoryOfUnknownAddressesIsBounded() {
        UnknownAddresses unknown = new UnknownAddresses(Duration.ofSeconds(30));
        for (int i = 0; i < 2 * UnknownAddresses.MOST; i++) {
            unknown.add(IpAddress.ofIpv4(i), 0);
        }
        assertThat(unknown.size()).isEqualTo(UnknownAddresses.MOST);
        assertThat(unknown.contains(IpAddress.ofIpv4(0), 1)).isFalse();
        assertThat(unknown.contains(IpAddress.ofIpv4(2 * UnknownAddresses.MOST - 1), 1))
                .isTrue();
        unknown.add(IpAddress.ofIpv4(7), Duration.ofSeconds(31).toNanos());
        assertThat(unknown.size()).as("expired ones are forgotten").isEqualTo(1);
    }

    @Test
    void nothingIsAskedAfterClose() {
        watchWeb();
        FakeApi.Request watch = api.newest(SERVICES);
        source.close();
        loop.run();
        int before = api.requests.size();
        assertThat(watch.isCancelled()).isTrue();
        ask("10.96.0.3");
        assertThat(api.requests).hasSize(before);
    }
}
