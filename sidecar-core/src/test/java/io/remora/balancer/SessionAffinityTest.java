package io.remora.balancer;

import static io.remora.registry.Services.HTTP;
import static io.remora.registry.Services.ready;
import static io.remora.registry.Services.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.discovery.TransportAddress;
import io.remora.registry.ServiceRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SessionAffinityTest {

    private static final IpAddress CLIENT = IpAddress.parse("10.244.9.1");
    private static final IpAddress OTHER = IpAddress.parse("10.244.9.2");
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final String[] FIVE = {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"};

    private final Random random = new Random(3);
    private final BalancerRegistry balancers =
            new BalancerRegistry(BalancerPolicy.RANDOM, OutcomeListener.NONE, () -> this.now);
    private final StaticDiscoverySource source = new StaticDiscoverySource(List.of());
    private final ServiceRegistry registry = new ServiceRegistry(source, List.of(balancers), Runnable::run);
    private long now;

    SessionAffinityTest() {
        registry.start();
        update(TIMEOUT, ready(FIVE));
    }

    @Test
    void aClientStaysWithItsEndpoint() {
        Set<String> used = new HashSet<>();
        for (int i = 0; i < 15; i++) {
            used.add(connect(CLIENT));
        }
        assertThat(used).hasSize(1);
    }

    @Test
    void clientsAreBoundEachOnItsOwn() {
        Set<String> used = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            used.add(connect(IpAddress.ofIpv4(0x0a000000 + i)));
        }
        assertThat(used).hasSize(5);
    }

    @Test
    void everyConnectionRenewsTheBindingAndWithoutOneItEnds() {
        String first = connect(CLIENT);
        for (int i = 0; i < 50; i++) {
            now += TIMEOUT.toNanos() - 1;
            assertThat(connect(CLIENT)).isEqualTo(first);
        }
        Set<String> after = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            now += TIMEOUT.toNanos();
            after.add(connect(CLIENT));
        }
        assertThat(after).hasSizeGreaterThan(1);
    }

    @Test
    void anEndpointThatIsNoLongerEligibleLosesItsClients() {
        String first = connect(CLIENT);
        String[] rest =
                Set.of(FIVE).stream().filter(ip -> !first.equals(ip + ":8080")).toArray(String[]::new);

        update(TIMEOUT, ready(rest));

        String second = connect(CLIENT);
        assertThat(second).isNotEqualTo(first);
        update(TIMEOUT, ready(FIVE));
        assertThat(connect(CLIENT)).isEqualTo(second);
    }

    @Test
    void theEndpointThatTookTheConnectionInsteadIsTheNewOne() {
        String first = connect(CLIENT);
        PickContext context = context(CLIENT);
        Pick refused = Objects.requireNonNull(balancer().pick(context));
        Pick taken = Objects.requireNonNull(balancer().pick(context));
        refused.complete(Outcome.REFUSED);
        balancer().connected(taken, context);
        taken.complete(Outcome.SUCCESS);

        assertThat(refused.endpoint()).hasToString(first);
        assertThat(connect(CLIENT)).isEqualTo(taken.endpoint().toString()).isNotEqualTo(first);
    }

    @Test
    void theTimeoutMayChangeAndGoWhileConnectionsAreOpen() {
        String first = connect(CLIENT);
        Pick open = Objects.requireNonNull(balancer().pick(context(CLIENT)));

        update(Duration.ofSeconds(10), ready(FIVE));
        now += Duration.ofSeconds(9).toNanos();
        assertThat(connect(CLIENT)).isEqualTo(first);
        update(null, ready(FIVE));

        Set<String> used = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            used.add(connect(CLIENT));
        }
        assertThat(used).hasSizeGreaterThan(1);
        assertThat(balancer().boundTo(CLIENT)).isNull();
        assertThat(open.endpoint().active()).isEqualTo(1);
        open.complete(Outcome.SUCCESS);
        assertThat(open.endpoint().active()).isZero();
    }

    @Test
    void whatAClientIsBoundToIsTold() {
        String first = connect(CLIENT);
        now += Duration.ofSeconds(100).toNanos();

        DestinationBalancer.BoundEndpoint bound =
                Objects.requireNonNull(balancer().boundTo(CLIENT));

        assertThat(bound.endpoint().hostPort()).isEqualTo(first);
        assertThat(bound.remaining()).isEqualTo(Duration.ofSeconds(500));
        assertThat(balancer().boundTo(OTHER)).isNull();
    }

    @Test
    void withoutAnyEndpointNobodyIsBound() {
        update(TIMEOUT);
        assertThat(balancer().pick(context(CLIENT))).isNull();
        assertThat(balancer().boundTo(CLIENT)).isNull();
    }

    @Test
    void firstConnectionsAtTheSameTimeGoToOneEndpoint() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 200; round++) {
                IpAddress client = IpAddress.ofIpv4(0x0b000000 + round);
                CountDownLatch start = new CountDownLatch(1);
                List<Future<String>> picks = new java.util.ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    picks.add(threads.submit(() -> {
                        start.await();
                        return connect(client);
                    }));
                }
                start.countDown();
                Set<String> used = new HashSet<>();
                for (Future<String> pick : picks) {
                    used.add(pick.get(10, TimeUnit.SECONDS));
                }
                assertThat(used).hasSize(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void bindingsThatRanOutDoNotStay() {
        EndpointState endpoint =
                Objects.requireNonNull(balancer().pick(context(CLIENT))).endpoint();
        SessionAffinity affinity = new SessionAffinity();
        for (int i = 0; i < 100_000; i++) {
            affinity.bind(IpAddress.ofIpv4(i), i, 100, () -> endpoint);
        }
        assertThat(affinity.size()).isLessThan(2_500);
    }

    private String connect(IpAddress client) {
        PickContext context = context(client);
        Pick pick = Objects.requireNonNull(balancer().pick(context));
        balancer().connected(pick, context);
        pick.complete(Outcome.SUCCESS);
        return pick.endpoint().toString();
    }

    private PickContext context(IpAddress client) {
        return new PickContext(random, client, now);
    }

    private void update(@Nullable Duration timeout, Endpoint... endpoints) {
        ServiceSpec spec = ServiceSpec.builder()
                .clusterIps(List.of(IpAddress.parse("10.96.0.1")))
                .ports(List.of(HTTP))
                .affinityTimeout(timeout)
                .build();
        source.update(service("web", spec, endpoints));
    }

    private DestinationBalancer balancer() {
        return Objects.requireNonNull(balancers.find(Objects.requireNonNull(
                registry.snapshot().find(TransportAddress.tcp(IpAddress.parse("10.96.0.1"), 80)))));
    }
}
