package io.remora.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.Endpoint;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.discovery.Protocol;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort.PortKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointSliceIndexTest {

    private static final PortKey HTTP = new PortKey("http", Protocol.TCP);
    private static final PortKey ADMIN = new PortKey("admin", Protocol.TCP);
    private static final EndpointConditions NOT_READY = new EndpointConditions(false, false, false);
    private static final EndpointConditions DRAINING = new EndpointConditions(false, true, true);
    private static final ServiceId WEB = new ServiceId("default", "web");
    private static final ServiceId API = new ServiceId("default", "api");

    private final Set<ServiceId> changed = new HashSet<>();
    private final EndpointSliceIndex index = new EndpointSliceIndex(changed::add);

    private static Endpoint endpoint(String ip, int port, EndpointConditions conditions) {
        return Endpoint.ready(IpAddress.parse(ip), port).withConditions(conditions);
    }

    private static Endpoint ready(String ip, int port) {
        return endpoint(ip, port, EndpointConditions.READY);
    }

    private static SliceContent slice(ServiceId service, PortKey port, Endpoint... endpoints) {
        return new SliceContent(0, service, Map.of(port, MergedEndpoints.distinct(List.of(endpoints))), null);
    }

    private static ObjectKey key(String name) {
        return new ObjectKey("default", name);
    }

    @Test
    void allSlicesOfAServiceAreMergedInNumericOrder() {
        index.put(key("web-b"), slice(WEB, HTTP, ready("10.1.0.10", 8080), ready("10.1.0.9", 8080)));
        index.put(key("web-a"), slice(WEB, HTTP, ready("10.1.0.20", 8080)));
        index.put(key("web-v6"), slice(WEB, HTTP, ready("fd00::1", 8080)));
        assertThat(index.merged(WEB).endpoints().get(HTTP))
                .hasToString("[10.1.0.9:8080, 10.1.0.10:8080, 10.1.0.20:8080, [fd00::1]:8080]");
        assertThat(index.merged(API)).isEqualTo(MergedEndpoints.NONE);
    }

    @Test
    void aNamedTargetPortMayHaveAnotherNumberInEachSlice() {
        index.put(key("old"), slice(WEB, HTTP, ready("10.1.0.1", 8080)));
        index.put(key("new"), slice(WEB, HTTP, ready("10.1.0.2", 9090)));
        assertThat(index.merged(WEB).endpoints().get(HTTP)).hasToString("[10.1.0.1:8080, 10.1.0.2:9090]");
    }

    @Test
    void portsOfOneNameAreKeptApartByProtocol() {
        PortKey udp = new PortKey("http", Protocol.UDP);
        index.put(key("a"), slice(WEB, HTTP, ready("10.1.0.1", 8080)));
        index.put(key("b"), slice(WEB, udp, ready("10.1.0.1", 53)));
        assertThat(index.merged(WEB).endpoints()).containsOnlyKeys(HTTP, udp);
    }

    @Test
    void ofADuplicateTheOneThatIsNotTerminatingWinsEvenIfItIsNotReady() {
        index.put(key("a"), slice(WEB, HTTP, endpoint("10.1.0.1", 8080, DRAINING)));
        index.put(key("b"), slice(WEB, HTTP, endpoint("10.1.0.1", 8080, NOT_READY)));
        assertThat(index.merged(WEB).endpoints().get(HTTP)).containsExactly(endpoint("10.1.0.1", 8080, NOT_READY));
        index.remove(key("b"));
        assertThat(index.merged(WEB).endpoints().get(HTTP)).containsExactly(endpoint("10.1.0.1", 8080, DRAINING));
    }

    @Test
    void aSliceWhoseLabelChangesMovesToTheOtherService() {
        index.put(key("a"), slice(WEB, HTTP, ready("10.1.0.1", 8080)));
        changed.clear();
        index.put(key("a"), slice(API, HTTP, ready("10.1.0.1", 8080)));
        assertThat(changed).containsExactlyInAnyOrder(WEB, API);
        assertThat(index.merged(WEB)).isEqualTo(MergedEndpoints.NONE);
        assertThat(index.merged(API).endpoints().get(HTTP)).hasSize(1);
    }

    @Test
    void onlyTheServiceOfAChangedSliceIsTold() {
        index.put(key("a"), slice(WEB, HTTP, ready("10.1.0.1", 8080)));
        index.put(key("b"), slice(API, HTTP, ready("10.1.0.2", 8080)));
        changed.clear();
        index.put(key("b"), slice(API, HTTP, ready("10.1.0.2", 8080)));
        assertThat(changed).as("an equal slice").isEmpty();
        index.put(key("b"), slice(API, HTTP, ready("10.1.0.3", 8080)));
        assertThat(changed).containsExactly(API);
        changed.clear();
        index.remove(key("unknown"));
        assertThat(changed).isEmpty();
    }

    @Test
    void theNewestTriggerTimeOfItsSlicesIsThatOfTheService() {
        Instant early = Instant.parse("2026-01-01T00:00:00Z");
        Instant late = Instant.parse("2026-01-01T00:00:09.5Z");
        index.put(key("a"), new SliceContent(0, WEB, Map.of(), late));
        index.put(key("b"), new SliceContent(0, WEB, Map.of(), early));
        index.put(key("c"), new SliceContent(0, WEB, Map.of(), null));
        assertThat(index.merged(WEB).lastChangeTriggerTime()).isEqualTo(late);
    }

    /** Draws changes and compares the index with a merge of all slices from scratch, written in another way. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anySequenceOfChangesGivesWhatAMergeFromScratchGives(long seed) {
        Random random = new Random(seed);
        Map<ObjectKey, SliceContent> slices = new TreeMap<>();
        List<ServiceId> services = List.of(WEB, API, new ServiceId("default", "db"));
        for (int step = 0; step < 500; step++) {
            ObjectKey name = key("slice-" + random.nextInt(8));
            if (random.nextInt(4) == 0) {
                slices.remove(name);
                index.remove(name);
            } else {
                SliceContent content = draw(random, services);
                slices.put(name, content);
                index.put(name, content);
            }
            for (ServiceId service : services) {
                assertThat(index.merged(service).endpoints())
                        .as("seed %d, step %d, %s", seed, step, service)
                        .isEqualTo(fromScratch(service, slices));
            }
        }
    }

    private static SliceContent draw(Random random, List<ServiceId> services) {
        Map<PortKey, List<Endpoint>> endpoints = new HashMap<>();
        for (PortKey port : List.of(HTTP, ADMIN)) {
            if (random.nextInt(3) > 0) {
                List<Endpoint> drawn = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    drawn.add(endpoint(
                            "10.1.0." + random.nextInt(6),
                            8080 + random.nextInt(2),
                            List.of(EndpointConditions.READY, NOT_READY, DRAINING)
                                    .get(random.nextInt(3))));
                }
                endpoints.put(port, MergedEndpoints.distinct(drawn));
            }
        }
        return new SliceContent(0, services.get(random.nextInt(services.size())), endpoints, null);
    }

    private static Map<PortKey, List<Endpoint>> fromScratch(ServiceId service, Map<ObjectKey, SliceContent> slices) {
        Map<PortKey, Map<String, Endpoint>> byAddress = new HashMap<>();
        slices.forEach((name, slice) -> {
            if (slice.service().equals(service)) {
                slice.endpoints().forEach((port, endpoints) -> {
                    Map<String, Endpoint> of = byAddress.computeIfAbsent(port, made -> new TreeMap<>());
                    for (Endpoint endpoint : endpoints) {
                        // One-digit hosts and four-digit ports sort as text as they do as numbers.
                        of.merge(endpoint.hostPort(), endpoint, EndpointSliceIndexTest::winner);
                    }
                });
            }
        });
        Map<PortKey, List<Endpoint>> result = new HashMap<>();
        byAddress.forEach((port, endpoints) -> result.put(port, List.copyOf(endpoints.values())));
        return result;
    }

    private static @Nullable Endpoint winner(Endpoint first, Endpoint second) {
        return second.conditions().terminating() ? first : second;
    }
}
