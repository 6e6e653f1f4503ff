package io.remora.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.BalancerRules;
import io.remora.balancer.Candidates;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.DestinationHealth;
import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointHealth;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.balancer.PickContext;
import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.DiscoverySink;
import io.remora.discovery.DiscoverySource;
import io.remora.discovery.Endpoint;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.Interest;
import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.SourceStatus;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.discovery.TransportAddress;
import io.remora.internal.VirtualClock;
import io.remora.outlier.HealthListener;
import io.remora.registry.DestinationId;
import io.remora.registry.ServiceRegistry;
import io.remora.relay.CloseReason;
import io.remora.relay.RelayListener.Traffic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RemoraMetricsTest {

    private static final ServiceId SHOP = new ServiceId("default", "shop");
    private static final DestinationId HTTP = new DestinationId(SHOP, "http", IpFamily.IPV4);
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final RemoraMetrics metrics = new RemoraMetrics(meters, () -> NOW);
    private final StaticDiscoverySource source = new StaticDiscoverySource(List.of());
    private final Sickness sickness = new Sickness();
    private final BalancerRegistry balancers = new BalancerRegistry(
            BalancerRules.always(BalancerConfig.DEFAULT), (destination, host) -> sickness, metrics, new VirtualClock());
    private final ServiceRegistry registry = new ServiceRegistry(source, List.of(balancers, metrics), Runnable::run);

    RemoraMetricsTest() {
        SourceMeters.register(meters, registry);
        SourceMeters.registerGone(meters, registry, balancers);
        metrics.observe(balancers);
        SourceMeters.registerBuild(meters, "1.2.3");
        registry.start();
    }

    @Test
    void aServiceThatIsNotUsedHasNoSeries() {
        source.update(shop(null, true));

        assertThat(seriesOf("shop")).isEmpty();
        assertThat(value(Meters.SERVICES)).isEqualTo(1);
    }

    @Test
    void aConnectionIsCountedUnderItsServiceAndGaugesReturnToZero() {
        source.update(shop(null, true, false));

        metrics.accepted();
        assertThat(value(Meters.CONNECTIONS_ACTIVE, "service", "-")).isEqualTo(1);
        Traffic traffic = metrics.opened(HTTP);
        metrics.connectAttempt(HTTP, Outcome.REFUSED, 1);
        metrics.retried(HTTP);
        metrics.connectAttempt(HTTP, Outcome.SUCCESS, 1);
        traffic.sent(100);
        traffic.received(250);

        assertThat(value(Meters.CONNECTIONS_ACTIVE, "service", "-")).isZero();
        assertThat(value(Meters.CONNECTIONS_ACTIVE, "service", "shop")).isEqualTo(1);

        metrics.closed(HTTP, CloseReason.COMPLETED, 100, 250, 1);

        assertThat(value(Meters.CONNECTIONS_ACTIVE, "service", "shop")).isZero();
        assertThat(value(Meters.CONNECTIONS_ACCEPTED)).isEqualTo(1);
        assertThat(value(Meters.CONNECTIONS_OPENED, "service", "shop")).isEqualTo(1);
        assertThat(value(Meters.CONNECTIONS_CLOSED, "service", "shop", "reason", "completed"))
                .isEqualTo(1);
        assertThat(value(Meters.CONNECT_ATTEMPTS, "service", "shop", "outcome", "refused"))
                .isEqualTo(1);
        assertThat(value(Meters.CONNECT_RETRIES, "service", "shop")).isEqualTo(1);
        assertThat(value(Meters.RELAYED_BYTES, "service", "shop", "direction", "upstream"))
                .isEqualTo(100);
        assertThat(value(Meters.RELAYED_BYTES, "service", "shop", "direction", "downstream"))
                .isEqualTo(250);
        assertThat(value(Meters.ENDPOINTS, "service", "shop", "state", "ready")).isEqualTo(1);
        assertThat(value(Meters.ENDPOINTS, "service", "shop", "state", "not_ready"))
                .isEqualTo(1);
    }

    @Test
    void aConnectionThatEndsBeforeItIsKnownWhereItGoesLeavesNothingOpen() {
        metrics.accepted();
        metrics.held();
        metrics.closed(null, CloseReason.CLIENT_LEFT, 0, 0, 1);

        assertThat(value(Meters.CONNECTIONS_ACTIVE, "service", "-")).isZero();
        assertThat(value(Meters.CONNECTIONS_HELD)).isEqualTo(1);
        assertThat(value(Meters.CONNECTIONS_CLOSED, "service", "-", "reason", "client_left"))
                .isEqualTo(1);
    }

    @Test
    void theSeriesOfAServiceVanishWithIt() {
        source.update(shop(null, true));
        open();
        metrics.closed(HTTP, CloseReason.COMPLETED, 0, 0, 1);
        assertThat(seriesOf("shop")).isNotEmpty();

        source.remove(SHOP);

        assertThat(seriesOf("shop")).isEmpty();
    }

    @Test
    void aConnectionThatOutlivesItsServiceBringsNoSeriesBack() {
        source.update(shop(null, true));
        open();

        source.remove(SHOP);
        metrics.connectAttempt(HTTP, Outcome.SUCCESS, 1);
        metrics.closed(HTTP, CloseReason.UPSTREAM_RESET, 0, 0, 1);

        assertThat(seriesOf("shop")).isEmpty();
    }

    @Test
    void aServiceThatIsMadeAgainCountsTheConnectionsThatOutlivedIt() {
        source.update(shop(null, true));
        open();
        source.remove(SHOP);

        source.update(shop(null, true));
        assertThat(value(Meters.CONNECTIONS_ACTIVE, "service", "shop")).isEqualTo(1);
        metrics.closed(HTTP, CloseReason.COMPLETED, 0, 0, 1);

        assertThat(value(Meters.CONNECTIONS_ACTIVE, "service", "shop")).isZero();
    }

    @Test
    void propagationIsMeasuredForChangesAfterTheFirstSyncOnly() {
        SimpleMeterRegistry fresh = new SimpleMeterRegistry();
        StaticDiscoverySource late = new StaticDiscoverySource(List.of(shop(NOW.minusSeconds(500), true)));
        new ServiceRegistry(late, List.of(new RemoraMetrics(fresh, () -> NOW)), Runnable::run).start();
        Timer timer = fresh.get(Meters.PROPAGATION.meterName()).timer();
        assertThat(timer.count()).isZero();

        late.update(shop(NOW.minusSeconds(2), true, true));
        late.update(shop(NOW.minusSeconds(2), true, false)); // the same trigger says nothing of this change

        assertThat(timer.count()).isEqualTo(1);
        assertThat(timer.totalTime(TimeUnit.SECONDS)).isEqualTo(2);
    }

    @Test
    void aServiceThatIsWatchedSinceNowHasNoPropagation() {
        SimpleMeterRegistry fresh = new SimpleMeterRegistry();
        RemoraMetrics metered = new RemoraMetrics(fresh, () -> NOW);
        AtomicReference<DiscoverySink> sink = new AtomicReference<>();
        new ServiceRegistry(new OnDemand(sink), List.of(metered), Runnable::run).start();
        Timer timer = fresh.get(Meters.PROPAGATION.meterName()).timer();

        DiscoverySink told = Objects.requireNonNull(sink.get());
        told.accept(List.of(new DiscoveryEvent.Synced(false)));
        told.accept(List.of(new DiscoveryEvent.Updated(shop(NOW.minusSeconds(500), true))));
        assertThat(timer.count()).isZero();
        told.accept(List.of(new DiscoveryEvent.Updated(shop(NOW.minusSeconds(3), true, true))));
        assertThat(timer.totalTime(TimeUnit.SECONDS)).isEqualTo(3);
    }

    /** Hands its sink to the test. */
    private record OnDemand(AtomicReference<DiscoverySink> sink) implements DiscoverySource {
        @Override
        public void start(DiscoverySink destination) {
            sink.set(destination);
        }

        @Override
        public Interest interest(TransportAddress address) {
            throw new AssertionError("nobody connects");
        }

        @Override
        public Interest interest(ServiceId service) {
            throw new AssertionError("nobody asks");
        }

        @Override
        public SourceStatus status() {
            return SourceStatus.FIXED;
        }

        @Override
        public void close() {}
    }

    @Test
    void acceptPauseIsAGauge() {
        metrics.acceptPaused();
        assertThat(value(Meters.ACCEPT_PAUSED)).isEqualTo(1);

        metrics.acceptResumed();

        assertThat(value(Meters.ACCEPT_PAUSED)).isZero();
    }

    @Test
    void everyMeterOfTheTableButThoseOfRequestsExistsWithItsTagsAndNoOther() {
        source.update(shop(null, true));
        open();
        metrics.connectAttempt(HTTP, Outcome.SUCCESS, 1);
        metrics.closed(HTTP, CloseReason.COMPLETED, 0, 0, 1);

        EndpointState endpoint = balancer().candidates().eligible().get(0);
        metrics.ejected(endpoint, HealthListener.Rule.PROBE, sickness.ejection());
        metrics.completed(endpoint, Outcome.SUCCESS);

        List<String> expected = new ArrayList<>();
        for (Meters meter : Meters.values()) {
            if (!meter.meterName().startsWith("remora.requests")) {
                expected.add(meter.meterName() + meter.tags().stream().sorted().toList());
            }
        }
        assertThat(meters.getMeters())
                .filteredOn(meter -> !meter.getId().getName().endsWith(".histogram")) // the simple registry's buckets
                .map(meter -> meter.getId().getName()
                        + meter.getId().getTags().stream()
                                .map(tag -> tag.getKey())
                                .sorted()
                                .toList())
                .containsOnly(expected.toArray(String[]::new))
                .containsAll(expected);
    }

    @Test
    void ejectedEndpointsAreCountedByTheRuleAndShownWhileTheyAre() {
        source.update(shop(null, true, true, true));
        open();
        EndpointState sick = balancer().candidates().eligible().get(0);
        metrics.ejected(sick, HealthListener.Rule.CONSECUTIVE_FAILURES, sickness.ejection());
        metrics.ejected(sick, HealthListener.Rule.TRIAL, sickness.ejection());
        metrics.ejected(sick, HealthListener.Rule.TRIAL, sickness.ejection());
        metrics.overflowed(sick, HealthListener.Rule.PROBE);
        sickness.state = EndpointHealth.State.EJECTED;
        sickness.panic = true;
        source.update(shop(NOW, true, true, true));

        assertThat(value(Meters.EJECTIONS, "service", "shop", "rule", "consecutive_failures"))
                .isEqualTo(1);
        assertThat(value(Meters.EJECTIONS, "service", "shop", "rule", "trial")).isEqualTo(2);
        assertThat(value(Meters.EJECTIONS_OVERFLOW, "service", "shop")).isEqualTo(1);
        assertThat(value(Meters.ENDPOINTS_EJECTED, "service", "shop")).isEqualTo(3);
        assertThat(value(Meters.ENDPOINTS_ON_TRIAL, "service", "shop")).isZero();
        assertThat(value(Meters.PANIC, "service", "shop")).isEqualTo(1);

        sickness.state = EndpointHealth.State.TRIAL;
        sickness.panic = false;
        source.update(shop(NOW.plusSeconds(1), true, true, true));

        assertThat(value(Meters.ENDPOINTS_EJECTED, "service", "shop")).isZero();
        assertThat(value(Meters.ENDPOINTS_ON_TRIAL, "service", "shop")).isEqualTo(3);
        assertThat(value(Meters.PANIC, "service", "shop")).isZero();

        source.remove(SHOP);
        assertThat(seriesOf("shop")).isEmpty();
        metrics.ejected(sick, HealthListener.Rule.TRIAL, sickness.ejection()); // its Service is gone
        assertThat(seriesOf("shop")).isEmpty();
    }

    @Test
    void pendingConnectionsAndTheWantOfRetryBudgetAreRead() {
        source.update(shop(null, true));
        open();
        assertThat(balancer().admission().enter()).isTrue();
        assertThat(value(Meters.RETRIES_EXHAUSTED, "service", "shop")).isZero();
        balancer().retryBudget().denied();

        assertThat(value(Meters.CONNECTIONS_PENDING, "service", "shop")).isEqualTo(1);
        assertThat(value(Meters.RETRIES_EXHAUSTED, "service", "shop")).isEqualTo(1);
        balancer().admission().connected();
        assertThat(value(Meters.CONNECTIONS_PENDING, "service", "shop")).isZero();
    }

    @Test
    void wantOfRetryBudgetCountsOnceWhereADestinationComesBack() {
        source.update(shop(null, true));
        open();
        DestinationBalancer before = balancer();
        assertThat(before.pick(new PickContext(new SplittableRandom(1), IpAddress.parse("10.244.9.9"), 0)))
                .isNotNull(); // so that its balancer is kept
        before.retryBudget().denied();
        assertThat(value(Meters.RETRIES_EXHAUSTED, "service", "shop")).isEqualTo(1);

        source.update(new ServiceSnapshot(
                SHOP,
                ServiceSpec.builder()
                        .clusterIps(List.of(IpAddress.parse("10.96.0.1")))
                        .ports(List.of(ServicePort.tcp("other", 81)))
                        .build(),
                Map.of(),
                null));
        assertThat(value(Meters.RETRIES_EXHAUSTED, "service", "shop")).isEqualTo(1);
        source.update(shop(null, true));
        assertThat(balancer()).isSameAs(before);
        assertThat(value(Meters.RETRIES_EXHAUSTED, "service", "shop")).isEqualTo(1);
    }

    private DestinationBalancer balancer() {
        return Objects.requireNonNull(balancers.find(Objects.requireNonNull(
                registry.snapshot().find(TransportAddress.tcp(IpAddress.parse("10.96.0.1"), 80)))));
    }

    /** Every endpoint is as the test says, and usable. */
    private static final class Sickness implements DestinationHealth, EndpointHealth {
        private EndpointHealth.State state = EndpointHealth.State.HEALTHY;
        private boolean panic;

        @Override
        public EndpointHealth added(EndpointState endpoint) {
            return this;
        }

        @Override
        public Candidates select(List<EndpointState> eligible) {
            return new Candidates(eligible, eligible, List.of(), panic);
        }

        @Override
        public EndpointHealth.State state() {
            return state;
        }

        @Override
        public Ejection ejection() {
            return new Ejection("for a test", 0, 1, 1);
        }
    }

    private void open() {
        metrics.accepted();
        assertThat(metrics.opened(HTTP)).isNotNull();
    }

    private List<Meter> seriesOf(String service) {
        return meters.getMeters().stream()
                .filter(meter -> service.equals(meter.getId().getTag(Meters.TAG_SERVICE)))
                .toList();
    }

    private double value(Meters meter, String... tags) {
        return meters.get(meter.meterName())
                .tags(tags)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    private static ServiceSnapshot shop(@Nullable Instant trigger, boolean... ready) {
        ServicePort port = ServicePort.tcp("http", 80);
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < ready.length; i++) {
            endpoints.add(Endpoint.ready(IpAddress.parse("10.244.0." + (i + 1)), 8080)
                    .withConditions(EndpointConditions.of(ready[i], ready[i], false)));
        }
        ServiceSpec spec = ServiceSpec.builder()
                .clusterIps(List.of(IpAddress.parse("10.96.0.1")))
                .ports(List.of(port))
                .build();
        return new ServiceSnapshot(SHOP, spec, Map.of(port.key(), endpoints), trigger);
    }
}
