package io.remora.client;

import static io.remora.registry.Services.ready;
import static io.remora.registry.Services.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RequestBalancerTest {

    private static final ServiceId CATALOG = new ServiceId("shop", "catalog");
    private static final ServiceSnapshot ONE_PORT = service("catalog", "10.96.0.1", ready("10.0.0.1", "10.0.0.2"));

    @Test
    void whereTheServiceHasAffinityTheProcessIsOneClient() throws Exception {
        ServicePort http = ServicePort.tcp("http", 80);
        ServiceSnapshot bound = new ServiceSnapshot(
                CATALOG,
                ServiceSpec.builder()
                        .clusterIps(List.of(IpAddress.parse("10.96.0.1")))
                        .ports(List.of(http))
                        .affinityTimeout(Duration.ofMinutes(5))
                        .build(),
                Map.of(http.key(), List.of(ready("10.0.0.1", "10.0.0.2", "10.0.0.3"))),
                null);
        ClientFixture fixture = ClientFixture.of(BalancerConfig.DEFAULT, bound);
        Set<Object> used = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            RequestAttempt attempt = fixture.requests.begin(fixture.balancer("catalog", 80), name -> null);
            attempt.connected();
            used.add(attempt.address());
            attempt.end(Outcome.SUCCESS);
        }
        assertThat(used).hasSize(1);
    }

    @Test
    void findsAPortByItsNumberAndNoOtherPort() {
        ClientFixture fixture = ClientFixture.of(BalancerConfig.DEFAULT, ONE_PORT);

        assertThat(fixture.now("catalog.shop", 80)).isPresent();
        assertThat(fixture.now("catalog", 0)).isPresent();
        assertThat(fixture.now("catalog", 8080)).isEmpty();
        assertThat(fixture.now("orders", 80)).isEmpty();
        assertThat(fixture.now("www.example.org", 80)).isEmpty();
        assertThat(fixture.source.asked).isEmpty();
    }

    @Test
    void aServiceOfTwoPortsHasToBeToldWhichOne() {
        ServicePort http = ServicePort.tcp("http", 80);
        ServicePort admin = ServicePort.tcp("admin", 81);
        ClientFixture fixture = ClientFixture.of(
                BalancerConfig.DEFAULT,
                new ServiceSnapshot(
                        CATALOG,
                        ServiceSpec.builder()
                                .clusterIps(List.of(IpAddress.parse("10.96.0.1")))
                                .ports(List.of(http, admin))
                                .build(),
                        Map.of(
                                http.key(), List.of(ready("10.0.0.1")),
                                admin.key(), List.of(Endpoint.ready(IpAddress.parse("10.0.0.1"), 9090))),
                        null));

        assertThat(fixture.requests.find(ServiceTarget.of(CATALOG))).isNull();
        assertThat(fixture.requests.find(ServiceTarget.of(CATALOG, "admin")))
                .extracting(balancer -> balancer.destination().port().port())
                .isEqualTo(81);
        assertThat(fixture.requests.find(ServiceTarget.of(CATALOG, 80)))
                .extracting(balancer -> balancer.destination().port().port())
                .isEqualTo(80);
        assertThat(fixture.requests.find(ServiceTarget.of(CATALOG, "grpc"))).isNull();
    }

    @Test
    void aServiceThatIsNotKnownYetIsWaitedFor() {
        ClientFixture fixture = new ClientFixture(BalancerConfig.DEFAULT);
        CompletableFuture<Optional<DestinationBalancer>> found =
                fixture.requests.lookUp("catalog", 80).toCompletableFuture();
        assertThat(found).isNotDone();
        assertThat(fixture.source.asked).containsExactly(CATALOG);

        fixture.source.tell(ONE_PORT);
        fixture.source.settle();

        assertThat(found).isCompletedWithValueMatching(Optional::isPresent);
        assertThat(fixture.source.open).isZero();
        assertThat(fixture.clock.isIdle()).isTrue();
    }

    @Test
    void nobodyWaitsLongerThanTheHoldTime() {
        ClientFixture fixture = new ClientFixture(BalancerConfig.DEFAULT);
        CompletableFuture<Optional<DestinationBalancer>> found =
                fixture.requests.lookUp("catalog", 80).toCompletableFuture();

        fixture.clock.advance(ClientFixture.HOLD.minusNanos(1));
        assertThat(found).isNotDone();
        fixture.clock.advance(ClientFixture.HOLD);

        assertThat(found).isCompletedWithValue(Optional.empty());
        assertThat(fixture.source.open).as("is left open to hear of an answer").isEqualTo(1);
    }

    @Test
    void whileTheSourceSaysNothingAllWaitTogetherOnceAndAgainOnceItAnswers() {
        ClientFixture fixture = new ClientFixture(BalancerConfig.DEFAULT);
        CompletableFuture<Optional<DestinationBalancer>> first =
                fixture.requests.lookUp("catalog", 80).toCompletableFuture();
        fixture.clock.advance(ClientFixture.HOLD.dividedBy(2));
        CompletableFuture<Optional<DestinationBalancer>> second =
                fixture.requests.lookUp("example.com", 80).toCompletableFuture();

        fixture.clock.advance(ClientFixture.HOLD.dividedBy(2));

        assertThat(first).isCompletedWithValue(Optional.empty());
        assertThat(second).isCompletedWithValue(Optional.empty());
        assertThat(fixture.now("orders", 80)).as("does not wait again").isEmpty();
        assertThat(fixture.source.open).as("one is left to hear of an answer").isEqualTo(1);

        fixture.source.settle();

        assertThat(fixture.source.open).isZero();
        assertThat(fixture.clock.isIdle()).isTrue();
    }

    @Test
    void nobodyWaitsForWhatIsClosed() {
        ClientFixture fixture = new ClientFixture(BalancerConfig.DEFAULT);
        CompletableFuture<Optional<DestinationBalancer>> waiting =
                fixture.requests.lookUp("catalog", 80).toCompletableFuture();
        assertThat(waiting).isNotDone();

        fixture.requests.close();

        assertThat(waiting).isCompletedWithValue(Optional.empty());
        assertThat(fixture.now("catalog", 80)).isEmpty();
        assertThat(fixture.source.open).isZero();
    }

    @Test
    void whoeverLosesPatienceEndsNobodyElsesWait() {
        ClientFixture fixture = new ClientFixture(BalancerConfig.DEFAULT);
        CompletableFuture<Optional<DestinationBalancer>> impatient =
                fixture.requests.lookUp("catalog", 80).toCompletableFuture();
        CompletableFuture<Optional<DestinationBalancer>> patient =
                fixture.requests.lookUp("catalog", 80).toCompletableFuture();

        assertThat(impatient.cancel(true)).isTrue();
        fixture.source.tell(ONE_PORT);
        fixture.source.settle();

        assertThat(patient).isCompletedWithValueMatching(Optional::isPresent);
        assertThat(fixture.source.open).isZero();
        assertThat(fixture.clock.isIdle()).isTrue();
    }

    @Test
    void aServiceThatIsNotThereIsNotAskedForAgainForAWhile() {
        ClientFixture fixture = new ClientFixture(BalancerConfig.DEFAULT);
        fixture.source.settle();

        assertThat(fixture.now("catalog", 80)).isEmpty();
        fixture.clock.advance(ClientFixture.UNKNOWN_TTL.minusNanos(1));
        assertThat(fixture.now("catalog", 80)).isEmpty();
        assertThat(fixture.source.asked).hasSize(1);

        fixture.clock.advance(ClientFixture.UNKNOWN_TTL);
        assertThat(fixture.now("catalog", 80)).isEmpty();
        assertThat(fixture.source.asked).hasSize(2);
    }

    @Test
    void aServiceThatComesIsFoundAlthoughItWasUnknown() {
        ClientFixture fixture = new ClientFixture(BalancerConfig.DEFAULT);
        fixture.source.settle();
        assertThat(fixture.now("catalog", 80)).isEmpty();

        fixture.source.tell(ONE_PORT);

        assertThat(fixture.now("catalog", 80)).isPresent();
    }

    @Test
    void aServiceWithoutEndpointsRefuses() {
        ClientFixture fixture = ClientFixture.of(BalancerConfig.DEFAULT, service("catalog", "10.96.0.1"));
        DestinationBalancer balancer = fixture.balancer("catalog", 80);

        assertThatThrownBy(() -> fixture.requests.begin(balancer, name -> null))
                .isInstanceOf(RequestRefusedException.class)
                .hasMessageContaining("no endpoint that is ready");
        assertThat(fixture.heard).containsExactly("refused no_endpoint");
    }

    @Test
    void aLimitRefusesUntilARequestEnds() throws Exception {
        ClientFixture fixture =
                ClientFixture.of(config(BalancerConfig.HashOn.CLIENT, new BalancerConfig.Limits(1, 0)), ONE_PORT);
        DestinationBalancer balancer = fixture.balancer("catalog", 80);
        RequestAttempt first = fixture.requests.begin(balancer, name -> null);
        first.connected();

        assertThatThrownBy(() -> fixture.requests.begin(balancer, name -> null))
                .isInstanceOfSatisfying(
                        RequestRefusedException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(RequestRefusedException.Reason.LIMIT));
        first.end(Outcome.SUCCESS);
        RequestAttempt next = fixture.requests.begin(balancer, name -> null);
        next.end(Outcome.SUCCESS);

        assertThat(fixture.heard).containsExactly("began", "refused limit", "began");
    }

    @Test
    void aHeaderDecidesWhereMaglevIsToldSo() throws Exception {
        BalancerConfig byUser = config(new BalancerConfig.HashOn("x-user"), BalancerConfig.Limits.UNLIMITED)
                .withPolicy(BalancerPolicy.MAGLEV);
        ClientFixture fixture =
                ClientFixture.of(byUser, service("catalog", "10.96.0.1", ready("10.0.0.1", "10.0.0.2", "10.0.0.3")));
        DestinationBalancer balancer = fixture.balancer("catalog", 80);
        Set<Object> ofAnn = new HashSet<>();
        Set<Object> ofAll = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            String user = "user-" + i;
            ofAnn.add(pick(fixture, balancer, "ann"));
            ofAll.add(pick(fixture, balancer, user));
        }

        assertThat(ofAnn).hasSize(1);
        assertThat(ofAll).hasSize(3);
    }

    private static Object pick(ClientFixture fixture, DestinationBalancer balancer, String user) throws Exception {
        RequestAttempt attempt =
                fixture.requests.begin(balancer, name -> name.equalsIgnoreCase("x-user") ? user : null);
        attempt.end(Outcome.SUCCESS);
        return attempt.address();
    }

    private static BalancerConfig config(BalancerConfig.HashOn hashOn, BalancerConfig.Limits limits) {
        BalancerConfig base = BalancerConfig.DEFAULT;
        return new BalancerConfig(
                base.policy(),
                base.slowStart(),
                base.latency(),
                hashOn,
                base.zones(),
                base.weights(),
                limits,
                base.retry());
    }
}
