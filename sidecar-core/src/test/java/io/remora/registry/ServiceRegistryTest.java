package io.remora.registry;

import static io.remora.registry.Services.HTTP;
import static io.remora.registry.Services.ready;
import static io.remora.registry.Services.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.DiscoverySink;
import io.remora.discovery.DiscoverySource;
import io.remora.discovery.Interest;
import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.discovery.Protocol;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.ServiceType;
import io.remora.discovery.SourceStatus;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.discovery.TransportAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServiceRegistryTest {

    private static final IpAddress CLIENT = IpAddress.parse("10.244.9.9");
    private static final TransportAddress CATALOG = tcp("10.96.0.10", 80);

    private final List<String> told = new ArrayList<>();
    private final StaticDiscoverySource source = new StaticDiscoverySource(
            List.of(service("catalog", "10.96.0.10", ready("10.244.0.1")), service("stock", "10.96.0.11")));
    private final ServiceRegistry registry = new ServiceRegistry(source, List.of(new Recorder()), Runnable::run);

    @Test
    void anAddressLeadsToTheServicePortAndItsEligibleEndpoints() {
        registry.start();

        Destination destination = found("10.96.0.10", 80);

        assertThat(destination.id()).hasToString("shop/catalog:http");
        assertThat(destination.eligible()).extracting(Object::toString).containsExactly("10.244.0.1:8080");
        assertThat(registry.snapshot().synced()).isTrue();
        assertThat(registry.snapshot().services())
                .extracting(entry -> entry.service().id().name())
                .containsExactly("catalog", "stock");
    }

    @Test
    void otherPortsAddressesAndProtocolsLeadNowhere() {
        registry.start();

        assertThat(registry.snapshot().find(tcp("10.96.0.10", 81))).isNull();
        assertThat(registry.snapshot().find(tcp("10.96.0.12", 80))).isNull();
        assertThat(registry.snapshot().find(new TransportAddress(IpAddress.parse("10.96.0.10"), 80, Protocol.UDP)))
                .isNull();
    }

    @Test
    void aChangeOfOneServiceLeavesTheOthersAsTheyAre() {
        registry.start();
        Destination stock = found("10.96.0.11", 80);

        source.update(service("catalog", "10.96.0.10", ready("10.244.0.1", "10.244.0.2")));

        assertThat(found("10.96.0.10", 80).eligible()).hasSize(2);
        assertThat(found("10.96.0.11", 80)).isSameAs(stock);
    }

    @Test
    void aServiceThatMovedToAnotherAddressAndPortIsFoundThereOnly() {
        registry.start();

        source.update(service(
                "catalog",
                ServiceSpec.builder()
                        .clusterIps(List.of(IpAddress.parse("10.96.0.99")))
                        .ports(List.of(ServicePort.tcp("http", 8080)))
                        .build(),
                ready("10.244.0.1")));

        assertThat(registry.snapshot().find(CATALOG)).isNull();
        assertThat(found("10.96.0.99", 8080).eligible()).hasSize(1);
        assertThat(told).last().isEqualTo("shop/catalog:http -> shop/catalog:http");
    }

    @Test
    void anAddressTakenOverByAnotherServiceSurvivesTheRemovalOfTheOldOne() {
        registry.start();

        source.update(service("successor", "10.96.0.10", ready("10.244.0.9")));
        source.remove(new ServiceId("shop", "catalog"));

        assertThat(found("10.96.0.10", 80).id().service().name()).isEqualTo("successor");
    }

    @Test
    void headlessExternalNameAndServicesOfAnotherProxyAreLeftAlone() {
        ServiceSpec.Builder spec = ServiceSpec.builder()
                .clusterIps(List.of(IpAddress.parse("10.96.0.10")))
                .ports(List.of(HTTP));
        registry.start();

        source.update(service("catalog", spec.proxyName("").build(), ready("10.244.0.1")));
        assertThat(registry.snapshot().find(CATALOG)).isNull();

        spec.proxyName(null).headless(true).clusterIps(List.of());
        source.update(service("catalog", spec.build(), ready("10.244.0.1")));
        assertThat(registry.snapshot().find(CATALOG)).isNull();

        spec.headless(false).type(ServiceType.EXTERNAL_NAME);
        source.update(service("catalog", spec.build(), ready("10.244.0.1")));
        assertThat(registry.snapshot().find(CATALOG)).isNull();
        assertThat(registry.snapshot().service(new ServiceId("shop", "catalog")))
                .isNotNull();
    }

    @Test
    void toClientsThatNameServicesAHeadlessOneHasDestinationsAndNoAddress() {
        ServiceRegistry byName =
                new ServiceRegistry(RegistryConfig.DEFAULT.withHeadless(true), source, List.of(), Runnable::run);
        byName.start();
        ServiceSpec spec =
                ServiceSpec.builder().headless(true).ports(List.of(HTTP)).build();

        source.update(service("catalog", spec));
        assertThat(destinations(byName)).singleElement().satisfies(only -> {
            assertThat(only.id().family()).isEqualTo(IpFamily.IPV4);
            assertThat(only.selection()).isEqualTo(Selection.NO_ENDPOINT);
        });

        source.update(service("catalog", spec, ready("10.244.0.1", "fd00::1")));
        assertThat(destinations(byName)).hasSize(2).allSatisfy(each -> {
            assertThat(each.addresses()).isEmpty();
            assertThat(each.eligible()).hasSize(1);
        });
    }

    private static List<Destination> destinations(ServiceRegistry registry) {
        return Objects.requireNonNull(registry.snapshot().service(new ServiceId("shop", "catalog")))
                .destinations();
    }

    @Test
    void eachFamilyLeadsToItsOwnEndpoints() {
        registry.start();

        source.update(service(
                "catalog",
                ServiceSpec.builder()
                        .clusterIps(List.of(IpAddress.parse("10.96.0.10"), IpAddress.parse("fd00:96::10")))
                        .ports(List.of(HTTP))
                        .build(),
                ready("10.244.0.1", "fd00:244::1", "fd00:244::2")));

        assertThat(found("10.96.0.10", 80).eligible())
                .extracting(Object::toString)
                .containsExactly("10.244.0.1:8080");
        assertThat(found("fd00:96::10", 80).eligible())
                .extracting(Object::toString)
                .containsExactly("[fd00:244::1]:8080", "[fd00:244::2]:8080");
    }

    @Test
    void listenersKnowADestinationBeforeAnyoneCanFindIt() {
        registry.start();
        assertThat(told)
                .containsExactly(
                        "null -> shop/catalog:http [found by readers: false]",
                        "null -> shop/stock:http " + "[found by readers: false]");
    }

    @Test
    void aListenerThatThrowsLosesNeitherTheChangeNorTheOtherListeners() {
        List<String> published = new ArrayList<>();
        RegistryListener broken = new RegistryListener() {
            @Override
            public void destinationChanged(@Nullable Destination before, @Nullable Destination after) {
                throw new IllegalStateException("expected by the test");
            }

            @Override
            public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
                throw new IllegalStateException("expected by the test");
            }
        };
        RegistryListener other = new RegistryListener() {
            @Override
            public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
                published.add(changes.size() + " changes");
            }
        };
        ServiceRegistry guarded = new ServiceRegistry(
                new StaticDiscoverySource(List.of(service("catalog", "10.96.0.10", ready("10.244.0.1")))),
                List.of(broken, other),
                Runnable::run);

        guarded.start();

        assertThat(guarded.snapshot().find(CATALOG)).isNotNull();
        assertThat(published).containsExactly("1 changes");
    }

    @Test
    void theSameSnapshotToldAgainPublishesNothing() {
        registry.start();
        RegistrySnapshot before = registry.snapshot();

        source.update(service("catalog", "10.96.0.10", ready("10.244.0.1")));

        assertThat(registry.snapshot()).isSameAs(before);
    }

    @Test
    void aLookUpBeforeTheFirstSyncIsAnsweredOnceTheSourceKnows() {
        ServiceRegistry.LookUp<Route> early = registry.lookUp(CATALOG, CLIENT);
        CompletableFuture<Route> answer = early.result().toCompletableFuture();
        assertThat(answer).isNotDone();

        registry.start();

        assertThat(answer).isCompletedWithValueMatching(route -> route.destination() != null);
        assertThat(registry.lookUp(tcp("10.1.1.1", 80), CLIENT).result().toCompletableFuture())
                .isCompletedWithValue(Route.NO_SERVICE);
        early.close();
    }

    @Test
    void aSourceThatKnowsNotAllIsAskedForEachUnknownAddressUntilTheLookUpCloses() {
        OnDemandSource onDemand = new OnDemandSource();
        ServiceRegistry lazy = new ServiceRegistry(onDemand, List.of(), Runnable::run);
        lazy.start();

        try (ServiceRegistry.LookUp<Route> lookUp = lazy.lookUp(CATALOG, CLIENT)) {
            assertThat(onDemand.asked).containsExactly("10.96.0.10:80");
            assertThat(lookUp.result().toCompletableFuture())
                    .isCompletedWithValueMatching(route -> route.destination() != null);
        }
        assertThat(onDemand.closed).containsExactly("10.96.0.10:80");
    }

    @Test
    void theSourceLearnsWhichServicesAreUsedAcrossTheirChanges() {
        OnDemandSource onDemand = new OnDemandSource();
        ServiceRegistry lazy = new ServiceRegistry(onDemand, List.of(), Runnable::run);
        lazy.start();
        DiscoverySink sink = Objects.requireNonNull(onDemand.sink);
        ServiceId id = service("lazy", "10.96.0.10").id();
        assertThat(sink.wasUsed(id)).as("not known").isFalse();

        lazy.lookUp(CATALOG, CLIENT).close();
        assertThat(sink.wasUsed(id)).as("looked up for a connection").isTrue();
        assertThat(sink.wasUsed(id)).as("since it was asked last").isFalse();

        lazy.snapshot().find(CATALOG);
        assertThat(sink.wasUsed(id)).as("looked at").isFalse();
        RegistrySnapshot old = lazy.snapshot();
        sink.accept(List.of(new DiscoveryEvent.Updated(service("lazy", "10.96.0.10", ready("10.244.0.7")))));
        old.route(CATALOG, CLIENT);
        assertThat(sink.wasUsed(id)).as("by a reader of an older snapshot").isTrue();
        lazy.snapshot().route(CATALOG, CLIENT);
        assertThat(sink.wasUsed(id)).isTrue();
    }

    private Destination found(String ip, int port) {
        return Objects.requireNonNull(registry.snapshot().find(tcp(ip, port)));
    }

    private static TransportAddress tcp(String ip, int port) {
        return TransportAddress.tcp(IpAddress.parse(ip), port);
    }

    private final class Recorder implements RegistryListener {
        @Override
        public void destinationChanged(@Nullable Destination before, @Nullable Destination after) {
            String line = before + " -> " + after;
            if (before == null && after != null) {
                boolean found = registry.snapshot().find(after.addresses().get(0)) != null;
                line += " [found by readers: " + found + "]";
            }
            told.add(line);
        }
    }

    /** Knows every address that is asked for, and tells only then. */
    private static final class OnDemandSource implements DiscoverySource {
        private final List<String> asked = new ArrayList<>();
        private final List<String> closed = new ArrayList<>();
        private @Nullable DiscoverySink sink;

        @Override
        public void start(DiscoverySink destination) {
            sink = destination;
            destination.accept(List.of(new DiscoveryEvent.Synced(false)));
        }

        @Override
        public Interest interest(TransportAddress address) {
            asked.add(address.toString());
            ServiceSnapshot service = service("lazy", address.ip().toString(), ready("10.244.0.1"));
            if (sink != null) {
                sink.accept(List.of(new DiscoveryEvent.Updated(service)));
            }
            return new Interest() {
                @Override
                public CompletableFuture<Void> settled() {
                    return CompletableFuture.completedFuture(null);
                }

                @Override
                public void close() {
                    closed.add(address.toString());
                }
            };
        }

        @Override
        public Interest interest(ServiceId service) {
            throw new AssertionError("not asked for by address look-ups");
        }

        @Override
        public SourceStatus status() {
            return SourceStatus.FIXED;
        }

        @Override
        public void close() {}
    }
}
