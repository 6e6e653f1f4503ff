package io.remora.kubernetes;

import static io.remora.kubernetes.ApiObjects.bookmark;
import static io.remora.kubernetes.ApiObjects.error;
import static io.remora.kubernetes.ApiObjects.event;
import static io.remora.kubernetes.ApiObjects.list;
import static io.remora.kubernetes.ApiObjects.service;
import static io.remora.kubernetes.ApiObjects.slice;
import static io.remora.kubernetes.FakeApi.SERVICES;
import static io.remora.kubernetes.FakeApi.SLICES;
import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.Interest;
import io.remora.discovery.ServiceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KubernetesDiscoverySourceTest {

    private static final Duration MAX_BACKOFF = WatchTiming.DEFAULT.maxBackoff();

    private final FakeWatchLoop loop = new FakeWatchLoop();
    private final FakeApi api = new FakeApi();
    private final RecordingSink sink = new RecordingSink();
    private final Random random = new Random(7);
    private final KubernetesDiscoverySource source = source(KubernetesConfig.DEFAULT);

    private KubernetesDiscoverySource source(KubernetesConfig config) {
        return new KubernetesDiscoverySource(config, () -> random, loop, unused -> api);
    }

    @BeforeEach
    void start() {
        source.start(sink);
        loop.run();
    }

    /** Services web and db at version 10, each with one endpoint; both watches open. */
    private void sync() {
        api.pending(SERVICES).answer(list(10, service("web", 3, "10.96.0.1"), service("db", 4, "10.96.0.2")));
        api.pending(SLICES).answer(list(10, slice("web-a", 5, "web", "10.1.0.1"), slice("db-a", 6, "db", "10.1.0.2")));
        api.pending(SERVICES).open();
        api.pending(SLICES).open();
        sink.take();
    }

    private FakeApi.Request watchOf(String resource) {
        FakeApi.Request request = api.newest(resource);
        assertThat(request.path).contains("watch=true");
        return request;
    }

    @Test
    void tellsEverythingInOneBatchOnceBothKindsAreListed() {
        api.pending(SLICES).answer(list(10, slice("web-a", 5, "web", "10.1.0.1")));
        assertThat(sink.batches()).isEmpty();
        assertThat(source.status().synced()).isFalse();

        api.pending(SERVICES).answer(list(11, service("web", 3, "10.96.0.1"), service("db", 4, "10.96.0.2")));

        assertThat(sink.lastIsSynced()).isTrue();
        assertThat(sink.take()).containsExactly("+default/db[] +default/web[10.1.0.1:8080] synced");
        assertThat(source.status().synced()).isTrue();
        assertThat(watchOf(SERVICES).path).contains("resourceVersion=11").contains("allowWatchBookmarks=true");
        assertThat(watchOf(SLICES).path).contains("resourceVersion=10");
    }

    @Test
    void headlessServicesHaveEndpointsWhereTheyAreWanted() {
        String clusterIp = service("db", 4, "None");
        String headlessSlice = slice("db-a", 6, "db", "10.1.0.2")
                .replace("\"labels\":{", "\"labels\":{\"service.kubernetes.io/headless\":\"\",");
        assertThat(api.pending(SLICES).path).contains("labelSelector=%21service.kubernetes.io%2Fheadless");
        api.requests.clear();
        KubernetesDiscoverySource wanted = source(KubernetesConfig.DEFAULT.withHeadless(true));
        wanted.start(sink);
        loop.run();

        assertThat(api.pending(SLICES).path).doesNotContain("labelSelector");
        api.pending(SERVICES).answer(list(10, clusterIp));
        api.pending(SLICES).answer(list(10, headlessSlice));

        assertThat(sink.take()).containsExactly("+default/db[10.1.0.2:8080] synced");
    }

    @Test
    void anEmptyClusterIsSyncedToo() {
        api.pending(SERVICES).answer(list(1));
        api.pending(SLICES).answer(list(1));
        assertThat(sink.take()).containsExactly("synced");
    }

    @Test
    void aFailedFirstListIsTriedForEverWithBoundedBackoff() {
        List<Duration> pauses = new ArrayList<>();
        for (int attempt = 0; attempt < 40; attempt++) {
            api.pending(SERVICES).fail();
            Duration pause = Duration.ZERO;
            while (!api.isPending(SERVICES)) {
                loop.advance(Duration.ofMillis(10));
                pause = pause.plusMillis(10);
                assertThat(pause).isLessThanOrEqualTo(MAX_BACKOFF.plusMillis(10));
            }
            pauses.add(pause);
        }
        assertThat(pauses.get(0)).isBetween(Duration.ofMillis(100), Duration.ofMillis(210));
        assertThat(pauses.get(39)).isGreaterThanOrEqualTo(MAX_BACKOFF.dividedBy(2));
        assertThat(source.status().problem())
                .startsWith("cannot list services: the connection to http://api broke: fails for a test | cannot list")
                .contains("endpointslices: no answer for 15 s from http://api;");
        assertThat(source.status().age()).isNull();

        while (!api.isPending(SERVICES) || !api.isPending(SLICES)) {
            loop.advance(Duration.ofMillis(10));
        }
        sync();
        assertThat(sink.services()).containsOnlyKeys("default/web", "default/db");
        assertThat(source.status().connected()).isTrue();
        assertThat(source.status().problem()).isNull();
    }

    @Test
    void aChangeOfOwnAnnotationsAloneIsToldAndOneOfOthersIsNot() {
        sync();
        watchOf(SERVICES).send(event("MODIFIED", annotated("other.io/policy", 30)));
        assertThat(sink.take()).isEmpty();

        watchOf(SERVICES).send(event("MODIFIED", annotated("remora.io/policy", 31)));

        assertThat(sink.take()).containsExactly("+default/web[10.1.0.1:8080]");
        assertThat(sink.services())
                .hasEntrySatisfying(
                        "default/web",
                        web -> assertThat(web.spec().annotations())
                                .containsExactly(Map.entry("remora.io/policy", "random")));
    }

    private static String annotated(String annotation, int version) {
        return service("web", version, "10.96.0.1")
                .replace("\"managedFields\"", "\"annotations\":{\"" + annotation + "\":\"random\"},\"managedFields\"");
    }

    @Test
    void changesAreToldWhenTheirBytesArrive() {
        sync();
        watchOf(SLICES).send(event("MODIFIED", slice("web-a", 20, "web", "10.1.0.1", "10.1.0.9")));
        assertThat(sink.take()).containsExactly("+default/web[10.1.0.1:8080, 10.1.0.9:8080]");

        String removal = event("DELETED", service("db", 21, "10.96.0.2"));
        watchOf(SERVICES).send(removal.substring(0, 40));
        assertThat(sink.take()).isEmpty();
        watchOf(SERVICES).send(removal.substring(40));
        assertThat(sink.take()).containsExactly("-default/db");
    }

    @Test
    void aBurstThatArrivesTogetherIsOneBatch() {
        sync();
        watchOf(SLICES)
                .send(event("MODIFIED", slice("web-a", 20, "web", "10.1.0.7"))
                        + event("MODIFIED", slice("db-a", 21, "db", "10.1.0.8"))
                        + event("MODIFIED", slice("web-a", 22, "web", "10.1.0.9")));
        assertThat(sink.take()).containsExactly("+default/db[10.1.0.8:8080] +default/web[10.1.0.9:8080]");
    }

    @Test
    void anEventThatChangesNothingIsNotTold() {
        sync();
        watchOf(SERVICES).send(event("MODIFIED", service("web", 30, "10.96.0.1")));
        assertThat(sink.take()).isEmpty();
    }

    @Test
    void aWatchThatEndsAsPlannedGoesOnWhereItEnded() {
        sync();
        watchOf(SERVICES).send(bookmark(50));
        loop.advance(Duration.ofSeconds(80));
        watchOf(SERVICES).send(bookmark(60));
        String before = watchOf(SERVICES).path;
        long seconds = Long.parseLong(before.replaceFirst(".*timeoutSeconds=(\\d+).*", "$1"));
        assertThat(seconds).isBetween(300L, 600L);
        for (long passed = 80; passed < seconds; passed += 20) {
            watchOf(SLICES).send(bookmark(60));
            watchOf(SERVICES).send(bookmark(60));
            loop.advance(Duration.ofSeconds(20));
        }
        watchOf(SERVICES).end();
        assertThat(api.pending(SERVICES).path).contains("watch=true").contains("resourceVersion=60");
    }

    @Test
    void aWatchThatEndsEarlyIsProbedAndGoesOnIfTheServerIsTheSame() {
        sync();
        watchOf(SERVICES).send(bookmark(50)).end();
        assertThat(source.status().connected()).isFalse();
        loop.advance(Duration.ofMillis(200));
        assertThat(api.pending(SERVICES).path).contains("limit=1").doesNotContain("watch");
        api.pending(SERVICES).answer(list(55, service("db", 4, "10.96.0.2")));

        assertThat(api.pending(SERVICES).path).contains("watch=true").contains("resourceVersion=50");
        api.pending(SERVICES).open();
        assertThat(source.status().connected()).isTrue();
        assertThat(sink.take()).isEmpty();
    }

    @Test
    void aServerRestartedEmptyWithLowerVersionsIsTakenOverWithinTenSeconds() {
        sync();
        watchOf(SERVICES).fail();
        watchOf(SLICES).fail();
        // Down for a minute, so that the back-off has reached its maximum.
        for (int i = 0; i < 60_000; i += 50) {
            refuseAll();
            loop.advance(Duration.ofMillis(50));
        }
        assertThat(sink.take()).isEmpty();
        refuseAll();
        loop.advance(MAX_BACKOFF);
        api.pending(SERVICES).answer(list(5, service("default", "kubernetes", 1, "10.96.0.1", "new")));
        api.pending(SERVICES).answer(list(5, service("default", "kubernetes", 1, "10.96.0.1", "new")));
        api.pending(SLICES).answer(list(5));
        api.pending(SLICES).answer(list(5));

        assertThat(String.join(" ", sink.take()))
                .contains("-default/web")
                .contains("-default/db")
                .contains("+default/kubernetes[]");
        assertThat(sink.services()).containsOnlyKeys("default/kubernetes");
        assertThat(watchOf(SERVICES).path).contains("resourceVersion=5&");
    }

    private void refuseAll() {
        for (String resource : List.of(SERVICES, SLICES)) {
            if (api.isPending(resource)) {
                api.pending(resource).fail();
            }
        }
    }

    @Test
    void anotherServerIsNoticedByItsObjectsEvenIfItsVersionIsHigher() {
        sync();
        watchOf(SERVICES).fail();
        loop.advance(Duration.ofMillis(200));
        api.pending(SERVICES).answer(list(99, service("default", "web", 80, "10.96.0.1", "another uid")));
        assertThat(api.pending(SERVICES).path).doesNotContain("watch").doesNotContain("limit=1");
        api.pending(SERVICES).answer(list(99, service("default", "web", 80, "10.96.0.1", "another uid")));
        assertThat(sink.take())
                .containsExactly("-default/db +default/web[10.1.0.1:8080]"
                        .replace("-default/db +default/web[10.1.0.1:8080]", "+default/web[10.1.0.1:8080] -default/db"));
    }

    @Test
    void aRestartWithStateRemovesAndAddsNothing() {
        sync();
        watchOf(SERVICES).fail();
        watchOf(SLICES).fail();
        loop.advance(Duration.ofMillis(200));
        // Versions are lower, as after a restore, but the objects are the same.
        api.pending(SERVICES).answer(list(8, service("db", 4, "10.96.0.2")));
        api.pending(SERVICES).answer(list(8, service("web", 3, "10.96.0.1"), service("db", 4, "10.96.0.2")));
        api.pending(SLICES).answer(list(8, slice("db-a", 6, "db", "10.1.0.2")));
        api.pending(SLICES).answer(list(8, slice("web-a", 5, "web", "10.1.0.1"), slice("db-a", 6, "db", "10.1.0.2")));
        assertThat(sink.take()).isEmpty();
        assertThat(watchOf(SLICES).path).contains("resourceVersion=8&");
    }

    @Test
    void goneAsAnEventLeadsToAList() {
        sync();
        watchOf(SLICES).send(bookmark(40) + error(410) + event("DELETED", slice("web-a", 41, "web")));
        assertThat(api.pending(SLICES).path).doesNotContain("watch").doesNotContain("resourceVersion=0");
        api.pending(SLICES).answer(list(90, slice("web-b", 80, "web", "10.1.0.5"), slice("db-a", 6, "db", "10.1.0.2")));
        assertThat(sink.take()).containsExactly("+default/web[10.1.0.5:8080]");
        assertThat(api.pending(SLICES).path).contains("watch=true").contains("resourceVersion=90");
    }

    @Test
    void goneAsAStatusLeadsToAListAndIsNotRepeatedWithoutAPause() {
        sync();
        watchOf(SLICES).send(bookmark(40)).end();
        loop.advance(Duration.ofMillis(200));
        api.pending(SLICES).answer(list(90, slice("db-a", 6, "db", "10.1.0.2")));
        api.pending(SLICES).refuse(410);
        assertThat(api.pending(SLICES).path).doesNotContain("watch");
        api.pending(SLICES).answer(list(90, slice("web-a", 5, "web", "10.1.0.1"), slice("db-a", 6, "db", "10.1.0.2")));
        api.pending(SLICES).refuse(410);
        assertThat(api.isPending(SLICES)).isFalse();
        loop.advance(MAX_BACKOFF);
        assertThat(api.pending(SLICES).path).doesNotContain("watch");
    }

    @Test
    void aBookmarkBelowOurVersionLeadsToAList() {
        sync();
        watchOf(SERVICES).send(bookmark(9));
        assertThat(api.pending(SERVICES).path).doesNotContain("watch");
    }

    @Test
    void versionsAreComparedAsNumbers() {
        sync();
        watchOf(SERVICES).send(bookmark(100)).end();
        loop.advance(Duration.ofMillis(200));
        api.pending(SERVICES).answer(list(99, service("db", 4, "10.96.0.2")));
        assertThat(api.pending(SERVICES).path).doesNotContain("watch");
    }

    @Test
    void bookmarksAndEventsKeepTheAgeLow() {
        sync();
        loop.advance(Duration.ofSeconds(30));
        assertThat(source.status().age()).isEqualTo(Duration.ofSeconds(30));
        watchOf(SERVICES).send(bookmark(20));
        loop.advance(Duration.ofSeconds(10));
        assertThat(source.status().age()).isEqualTo(Duration.ofSeconds(40));
        watchOf(SLICES).send(event("MODIFIED", slice("web-a", 21, "web", "10.1.0.1")));
        assertThat(source.status().age()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void whileTheApiIsAwayTheStateStaysAndGetsOlder() {
        sync();
        watchOf(SERVICES).fail();
        watchOf(SLICES).fail();
        for (int i = 0; i < 600; i++) {
            refuseAll();
            loop.advance(Duration.ofSeconds(1));
        }
        assertThat(sink.take()).isEmpty();
        assertThat(sink.services()).hasSize(2);
        assertThat(source.status().connected()).isFalse();
        assertThat(source.status().age()).isEqualTo(Duration.ofMinutes(10));
        assertThat(source.status().synced()).isTrue();
        // One attempt in 2.5 to 5 seconds and watch, with a few faster ones at the start.
        assertThat(api.requests.size()).isBetween(240, 500);
    }

    @Test
    void aSilentWatchIsGivenUpAndItsConnectionSuspected() {
        sync();
        FakeApi.Request silent = watchOf(SERVICES);
        loop.advance(Duration.ofSeconds(60));
        watchOf(SLICES).send(bookmark(20));
        loop.advance(Duration.ofSeconds(29));
        assertThat(silent.isCancelled()).isFalse();
        loop.advance(Duration.ofSeconds(2));
        assertThat(silent.isCancelled()).isTrue();
        assertThat(api.suspected).isEqualTo(1);
        assertThat(api.pending(SERVICES).path).contains("limit=1");
        assertThat(watchOf(SLICES).isCancelled()).isFalse();
    }

    @Test
    void aRequestWithoutAnAnswerIsGivenUp() {
        FakeApi.Request unanswered = api.pending(SERVICES);
        loop.advance(Duration.ofSeconds(16));
        assertThat(unanswered.isCancelled()).isTrue();
        assertThat(api.suspected).isEqualTo(2);
        assertThat(api.pending(SERVICES)).isNotSameAs(unanswered);
    }

    @Test
    void aListThatBreaksInTheMiddleRemovesNothing() {
        sync();
        watchOf(SERVICES).send(bookmark(30) + error(410));
        api.pending(SERVICES)
                .open()
                .send(list(90, service("web", 3, "10.96.0.1")).substring(0, 120))
                .fail();
        loop.advance(Duration.ofSeconds(1));
        assertThat(sink.services()).hasSize(2);
        api.pending(SERVICES).open().send(list(90).substring(0, 30)).end();
        loop.advance(Duration.ofSeconds(1));
        assertThat(sink.services()).hasSize(2);
        api.pending(SERVICES).answer("<html>a proxy's page</html>");
        loop.advance(Duration.ofSeconds(2));
        assertThat(sink.services()).hasSize(2);
        api.pending(SERVICES).answer(list(90, service("web", 3, "10.96.0.1")));
        assertThat(sink.take()).containsExactly("-default/db");
    }

    @Test
    void aPageWithBalancedBracesInPlaceOfAListIsAFailedAttempt() {
        api.pending(SLICES).answer(list(10));
        api.pending(SERVICES).answer("<html><style>a{}</style></html>");
        assertThat(source.status().problem())
                .startsWith("cannot list services: the answer is no JSON")
                .contains("the answer is no JSON; it begins with '<html><style>a{}</style></html>'");
        assertThat(api.isPending(SERVICES)).isFalse();

        loop.advance(Duration.ofMillis(200));
        api.pending(SERVICES).answer(list(10, service("web", 3, "10.96.0.1")));
        assertThat(sink.take()).containsExactly("+default/web[] synced");
        api.pending(SERVICES).open();
        api.pending(SLICES).open();
        assertThat(source.status().connected()).isTrue();
        assertThat(source.status().problem()).isNull();
    }

    @Test
    void aPageInPlaceOfAListIsQuotedInTheProblem() {
        api.pending(SERVICES).answer("<html>\n a proxy's page</html>");
        assertThat(source.status().problem()).contains("it begins with '<html>  a proxy's page</html>'");
        loop.advance(Duration.ofMillis(200));
        api.pending(SERVICES).answer("{\"status\":\"ok\"}");
        assertThat(source.status().problem()).contains("no list of the API").contains("'{\"status\":\"ok\"}'");
    }

    @Test
    void aPageWithBalancedBracesInPlaceOfAProbeIsAFailedAttempt() {
        sync();
        watchOf(SERVICES).send(bookmark(50)).end();
        loop.advance(Duration.ofMillis(200));
        api.pending(SERVICES).answer("<html><style>a{}</style></html>");
        loop.advance(MAX_BACKOFF);
        api.pending(SERVICES).answer(list(55, service("db", 4, "10.96.0.2")));
        assertThat(api.pending(SERVICES).path).contains("watch=true").contains("resourceVersion=50");
        assertThat(sink.services()).hasSize(2);
    }

    @Test
    void whatTheSinkThrewAtIsListedAndToldAgain() {
        sink.failNext(new IllegalStateException("the sink is broken"));
        api.pending(SERVICES).answer(list(10, service("web", 3, "10.96.0.1")));
        api.pending(SERVICES).open();
        api.pending(SLICES).answer(list(10, slice("web-a", 5, "web", "10.1.0.1")));
        assertThat(source.status().problem()).isEqualTo("cannot list endpointslices: the sink is broken");
        assertThat(source.status().synced()).isFalse();

        loop.advance(Duration.ofMillis(200));
        api.pending(SLICES).answer(list(10, slice("web-a", 5, "web", "10.1.0.1")));
        assertThat(sink.take()).containsExactly("+default/web[10.1.0.1:8080] synced");
        assertThat(source.status().synced()).isTrue();
    }

    @Test
    void anEventTheSinkThrewAtIsToldAgainAfterTheProbe() {
        sync();
        sink.failNext(new IllegalStateException("the sink is broken"));
        watchOf(SERVICES).send(event("DELETED", service("web", 20, "10.96.0.1")));
        assertThat(source.status().problem()).contains("the sink is broken");
        loop.advance(Duration.ofMillis(200));
        api.pending(SERVICES).answer(list(20, service("db", 4, "10.96.0.2")));
        assertThat(sink.take()).containsExactly("-default/web");
        assertThat(api.pending(SERVICES).path).contains("watch=true").contains("resourceVersion=20");
    }

    @Test
    void aLineThatIsNoEventEndsTheWatchAndLeadsToAList() {
        sync();
        FakeApi.Request watch = watchOf(SERVICES);
        watch.send(event("DELETED", service("db", 20, "10.96.0.2"))
                + "{\"type\":\"ADDED\",\"object\" oops}\n"
                + event("DELETED", service("web", 22, "10.96.0.1")));
        assertThat(watch.isCancelled()).isTrue();
        assertThat(sink.take()).containsExactly("-default/db");
        assertThat(source.status().connected()).isFalse();
        assertThat(source.status().problem())
                .startsWith("cannot watch services")
                .contains("{\"type\":\"ADDED\",\"object\" oops}");
        assertThat(api.isPending(SERVICES)).isFalse();

        loop.advance(Duration.ofMillis(200));
        assertThat(api.pending(SERVICES).path).doesNotContain("watch").doesNotContain("limit=1");
        api.pending(SERVICES).answer(list(22, service("api", 21, "10.96.0.3")));
        assertThat(sink.take()).containsExactly("+default/api[] -default/web");
        assertThat(api.pending(SERVICES).path).contains("watch=true").contains("resourceVersion=22");
    }

    @Test
    void aPageWithBalancedBracesInPlaceOfAWatchIsAFailedAttempt() {
        sync();
        watchOf(SERVICES).fail();
        loop.advance(Duration.ofMillis(200));
        api.pending(SERVICES).answer(list(10, service("db", 4, "10.96.0.2")));
        api.pending(SERVICES).answer("<html><style>a{}</style></html>");
        assertThat(source.status().connected()).isFalse();
        assertThat(source.status().problem()).contains("no event");
        loop.advance(MAX_BACKOFF);
        assertThat(api.isPending(SERVICES)).isTrue();
    }

    @Test
    void aFirstSliceThatIsLeftOutIsKnownToTheProbe() {
        String names = slice("aaa", 2, "web").replace("IPv4", "FQDN");
        String noService = slice("aaa", 2, "web").replace(EndpointSliceMapper.SERVICE_NAME, "other");
        String malformed = slice("aaa", 2, "web").replace("IPv4", "IPv9");
        for (String leftOut : List.of(names, noService, malformed)) {
            FakeApi itsApi = new FakeApi();
            FakeWatchLoop itsLoop = new FakeWatchLoop();
            var its = new KubernetesDiscoverySource(KubernetesConfig.DEFAULT, () -> random, itsLoop, unused -> itsApi);
            its.start(new RecordingSink());
            itsLoop.run();
            itsApi.pending(SLICES).answer(list(10, leftOut, slice("web-a", 5, "web", "10.1.0.1")));
            itsApi.pending(SLICES).fail();
            itsLoop.advance(Duration.ofMillis(200));
            assertThat(itsApi.pending(SLICES).path).contains("limit=1");
            itsApi.pending(SLICES).answer(list(10, leftOut));
            assertThat(itsApi.pending(SLICES).path).contains("watch=true");

            itsApi.pending(SLICES).fail();
            itsLoop.advance(MAX_BACKOFF);
            itsApi.pending(SLICES).answer(list(10, leftOut.replace("uid-aaa", "another")));
            assertThat(itsApi.pending(SLICES).path).as("another object").doesNotContain("watch");
            its.close();
        }
    }

    @Test
    void anEmptyClusterIsAnotherOneIfOnlyLeftOutSlicesWereKnown() {
        String leftOut = slice("aaa", 2, "web").replace("IPv4", "FQDN");
        api.pending(SLICES).answer(list(10, leftOut));
        api.pending(SLICES).fail();
        loop.advance(Duration.ofMillis(200));
        api.pending(SLICES).answer(list(10));
        assertThat(api.pending(SLICES).path).doesNotContain("watch");
    }

    @Test
    void aLeftOutSliceThatIsDeletedIsForgotten() {
        String leftOut = slice("aaa", 2, "web").replace("IPv4", "FQDN");
        api.pending(SLICES).answer(list(10, leftOut));
        api.pending(SLICES).open().send(event("DELETED", leftOut)).fail();
        loop.advance(Duration.ofMillis(200));
        api.pending(SLICES).answer(list(10));
        assertThat(api.pending(SLICES).path).contains("watch=true");
    }

    @Test
    void theShortestWatchLifetimeTellsAPlannedEndFromAnEarlyOne() {
        WatchTiming usual = WatchTiming.DEFAULT;
        KubernetesConfig config = KubernetesConfig.DEFAULT.withTiming(new WatchTiming(
                usual.connectTimeout(),
                usual.requestTimeout(),
                WatchTiming.SHORTEST_LIFETIME,
                usual.watchSilence(),
                usual.firstBackoff(),
                usual.maxBackoff()));
        FakeApi itsApi = new FakeApi();
        FakeWatchLoop itsLoop = new FakeWatchLoop();
        var its = new KubernetesDiscoverySource(config, () -> random, itsLoop, unused -> itsApi);
        its.start(new RecordingSink());
        itsLoop.run();
        itsApi.pending(SERVICES).answer(list(10));
        for (int i = 0; i < 20; i++) {
            itsApi.pending(SERVICES).open();
            itsLoop.advance(Duration.ofSeconds(2));
            itsApi.newest(SERVICES).end();
            itsLoop.advance(MAX_BACKOFF);
            assertThat(itsApi.pending(SERVICES).path).contains("limit=1");
            itsApi.pending(SERVICES).answer(list(10));
        }
        itsApi.pending(SERVICES).open();
        itsLoop.advance(WatchTiming.SHORTEST_LIFETIME);
        itsApi.newest(SERVICES).end();
        assertThat(itsApi.pending(SERVICES).path).contains("watch=true");
        its.close();
    }

    @Test
    void aMalformedObjectIsCountedOnceAndHarmsNoOther() {
        String bad = service("bad", 7, "10.96.0.300");
        api.pending(SERVICES).answer(list(10, bad, service("web", 3, "10.96.0.1")));
        api.pending(SLICES).answer(list(10));
        assertThat(sink.take()).containsExactly("+default/web[] synced");
        api.pending(SERVICES).open().send(bookmark(11) + error(410));
        api.pending(SERVICES).answer(list(12, bad, service("web", 3, "10.96.0.1")));
        assertThat(source.status().malformedObjects()).isEqualTo(1);

        api.pending(SERVICES).open().send(event("MODIFIED", service("bad", 13, "10.96.0.3")));
        assertThat(sink.take()).containsExactly("+default/bad[]");
    }

    @Test
    void anObjectThatBecomesMalformedStaysAsItWasUntilItIsDeleted() {
        sync();
        watchOf(SERVICES).send(event("MODIFIED", service("web", 20, "no address")));
        watchOf(SERVICES).send(bookmark(30) + error(410));
        api.pending(SERVICES).answer(list(30, service("web", 20, "no address"), service("db", 4, "10.96.0.2")));
        assertThat(sink.take()).isEmpty();
        assertThat(sink.services()).hasSize(2);
        assertThat(source.status().malformedObjects()).isEqualTo(1);
        api.pending(SERVICES).open().send(event("DELETED", service("web", 31, "no address")));
        assertThat(sink.take()).containsExactly("-default/web");
    }

    @Test
    void objectsOfTheWrongShapeAreMalformed() {
        api.pending(SERVICES)
                .answer(list(
                        10,
                        "{\"metadata\":{\"namespace\":\"default\",\"name\":\"odd\"},\"spec\":\"text\"}",
                        "{\"metadata\":{\"namespace\":\"default\",\"name\":\"none\"}}",
                        "{\"metadata\":{}}",
                        "{\"oops\" 1}",
                        service("web", 3, "10.96.0.1")));
        api.pending(SLICES).answer(list(10));
        assertThat(sink.take()).containsExactly("+default/web[] synced");
        assertThat(source.status().malformedObjects()).isEqualTo(3); // the two without a name count as one
    }

    @Test
    void tooManyRequestsIsAnsweredWithAPause() {
        api.pending(SERVICES).refuse(429);
        loop.advance(Duration.ofMillis(999));
        assertThat(api.isPending(SERVICES)).isFalse();
        loop.advance(Duration.ofMillis(2));
        assertThat(api.isPending(SERVICES)).isTrue();
    }

    @Test
    void aMissingRightIsNamedWithItsFix() {
        api.pending(SERVICES).refuse(403);
        assertThat(source.status().problem())
                .contains("cannot list services: 403: refused for a test; grant get, list, watch on services and");
    }

    @Test
    void allDistinctProblemsAreTold() {
        api.pending(SERVICES).refuse(403);
        api.pending(SLICES).refuse(500);
        assertThat(source.status().problem())
                .containsSubsequence("cannot list services: 403", " | cannot list endpointslices: 500");

        List<String> names = List.of("a", "b", "c");
        FakeWatchLoop itsLoop = new FakeWatchLoop();
        FakeApi itsApi = new FakeApi();
        var its = new KubernetesDiscoverySource(
                KubernetesConfig.DEFAULT.withNamespaces(names), () -> random, itsLoop, unused -> itsApi);
        its.start(new RecordingSink());
        itsLoop.run();
        for (String name : names) {
            itsApi.pending("/api/v1/namespaces/" + name + "/services").refuse(403);
            itsApi.pending("/apis/discovery.k8s.io/v1/namespaces/" + name + "/endpointslices")
                    .refuse(403);
        }
        assertThat(its.status().problem())
                .startsWith("cannot list services in namespace a: 403")
                .endsWith(" | and 2 more");
        its.close();
    }

    @Test
    void aWatchThatIsOpenedAgainIsNews() {
        sync();
        loop.advance(Duration.ofSeconds(40));
        watchOf(SLICES).send(bookmark(20));
        watchOf(SERVICES).fail();
        loop.advance(Duration.ofSeconds(2));
        api.pending(SERVICES).answer(list(20, service("db", 4, "10.96.0.2")));
        assertThat(source.status().age()).isEqualTo(Duration.ofSeconds(42));
        api.pending(SERVICES).open();
        assertThat(source.status().age()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void interestsAreSettledWhenSynced() {
        Interest interest = source.interest(new ServiceId("default", "web"));
        api.pending(SERVICES).answer(list(10));
        assertThat(interest.settled().toCompletableFuture()).isNotDone();
        api.pending(SLICES).answer(list(10));
        assertThat(interest.settled().toCompletableFuture()).isDone();
        interest.close();
    }

    @Test
    void nothingIsToldAfterClose() {
        sync();
        FakeApi.Request watch = watchOf(SERVICES);
        source.close();
        watch.send(event("DELETED", service("web", 20, "10.96.0.1")));
        loop.run();
        assertThat(sink.take()).isEmpty();
        assertThat(watch.isCancelled()).isTrue();
        assertThat(api.closed).isTrue();
        assertThat(loop.isClosed()).isTrue();
    }

    @Test
    void aNamespaceThatCannotBeListedHoldsNoOtherBack() {
        FakeWatchLoop twoLoop = new FakeWatchLoop();
        FakeApi twoApi = new FakeApi();
        RecordingSink twoSink = new RecordingSink();
        var two = new KubernetesDiscoverySource(
                KubernetesConfig.DEFAULT.withNamespaces(List.of("a", "b")), () -> random, twoLoop, unused -> twoApi);
        two.start(twoSink);
        twoLoop.run();
        twoApi.pending("/api/v1/namespaces/a/services").refuse(403);
        twoApi.pending("/apis/discovery.k8s.io/v1/namespaces/a/endpointslices").answer(list(4));
        twoApi.pending("/api/v1/namespaces/b/services").answer(list(4, service("b", "web", 3, "10.96.0.1", "u")));
        twoApi.pending("/apis/discovery.k8s.io/v1/namespaces/b/endpointslices")
                .answer(list(4, slice("b", "web-a", 2, "web", "10.1.0.1")));
        assertThat(twoSink.take()).containsExactly("+b/web[10.1.0.1:8080]");
        assertThat(two.status().synced()).isFalse();
        assertThat(two.status().watches()).isEqualTo(4);

        twoLoop.advance(Duration.ofSeconds(1));
        twoApi.pending("/api/v1/namespaces/a/services").answer(list(4));
        assertThat(twoSink.take()).containsExactly("synced");
        two.close();
    }
}
