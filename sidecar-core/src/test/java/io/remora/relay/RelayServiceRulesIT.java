package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.remora.discovery.Cidr;
import io.remora.discovery.IngressAddress;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.TransportAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a Service says about its connections, at the relay. */
@Timeout(60)
class RelayServiceRulesIT extends RelayTestCase {

    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void clientWithAffinityStaysWithOneEndpoint() throws Exception {
        List<InetSocketAddress> servers = List.of(greeter(1), greeter(2), greeter(3));
        affine(HOUR, servers);
        RelayServer relay = start();

        assertThat(greetings(relay, 15)).hasSize(1);
        assertThat(bound(relay))
                .as("the newest first; the oldest was chosen")
                .containsOnlyOnce(false)
                .endsWith(false);

        affine(null, servers);
        assertThat(greetings(relay, 15)).hasSize(3);
        assertNothingLeft(relay);
        assertThat(bound(relay)).hasSize(30).startsWith(false);
    }

    @Test
    void clientWhoseEndpointRefusesIsBoundToTheOneThatTookItsConnection() throws Exception {
        ServerSocket dying = listen();
        affine(HOUR, List.of(address(dying), greeter(2), greeter(3)));
        RelayServer relay = start();
        InetSocketAddress dead = address(dying);
        // Round robin: sooner or later it is bound to the one that dies.
        affine(HOUR, List.of(dead));
        dial(relay);
        accept(dying).close();
        affine(HOUR, List.of(dead, greeter(2), greeter(3)));
        dying.close();

        assertThat(greetings(relay, 15)).hasSize(1);
        assertThat(recorder.retries).hasValue(1);
    }

    @Test
    void portThatTheClusterIpDoesNotHaveIsReset() throws Exception {
        services.shop(greeter(1));
        RelayServer relay = start();
        original = TransportAddress.tcp(TestServices.CLUSTER_IP.ip(), 81);

        Socket client = dial(relay);

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(recorder.closedWhenIdle(relay)).containsExactly(CloseReason.UNDEFINED_PORT);
    }

    @Test
    void clientOutsideTheSourceRangesIsResetAtTheLoadBalancerAddressOnly() throws Exception {
        IpAddress loadBalancer = IpAddress.parse("198.51.100.7");
        ServiceSnapshot plain = TestServices.snapshot(TestServices.CLUSTER_IP, greeter(1));
        services.source.update(new ServiceSnapshot(
                plain.id(),
                ServiceSpec.builder()
                        .clusterIps(plain.spec().clusterIps())
                        .ports(plain.spec().ports())
                        .ingress(List.of(new IngressAddress(loadBalancer, false)))
                        .sourceRanges(List.of(Cidr.tryParse("203.0.113.0/24").orElseThrow()))
                        .build(),
                plain.endpoints(),
                null));
        RelayServer relay = start();

        assertThat(greetings(relay, 1)).containsExactly(1);
        original = TransportAddress.tcp(loadBalancer, 80);
        Socket client = dial(relay);

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(recorder.closedWhenIdle(relay)).contains(CloseReason.OUTSIDE_SOURCE_RANGES);
    }

    @Test
    void connectionStaysWhenItsEndpointGoes() throws Exception {
        InetSocketAddress first = echo("127.0.0.1");
        services.shop(first);
        RelayServer relay = start();
        Socket client = dial(relay);
        client.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isEqualTo(1);

        services.shop(echo("127.0.0.1"));

        client.getOutputStream().write(2);
        assertThat(client.getInputStream().read()).isEqualTo(2);
        assertThat(services.balancers.activeGone(services.registry.snapshot())).isEqualTo(1);
        services.source.remove(TestServices.SHOP);
        assertThat(services.balancers.activeGone(services.registry.snapshot())).isEqualTo(1);
        client.close();
        await().atMost(PATIENCE).until(() -> services.balancers.activeGone(services.registry.snapshot()) == 0);
        assertThat(recorder.closedWhenIdle(relay)).containsExactly(CloseReason.COMPLETED);
    }

    @Test
    void connectionWhoseEndpointIsGoneIsEndedWhereThatIsAsked() throws Exception {
        services.shop(echo("127.0.0.1"));
        RelayServer relay = start(config.withExpiry(new RelayConfig.Expiry(Duration.ZERO, Duration.ofMillis(100))));
        Socket client = dial(relay);
        client.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isEqualTo(1);

        services.shop(echo("127.0.0.1"));

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(recorder.closedWhenIdle(relay)).containsExactly(CloseReason.ENDPOINT_GONE);
    }

    @Test
    void connectionIsNotEndedWhenItsPortIsRenamed() throws Exception {
        InetSocketAddress server = echo("127.0.0.1");
        services.shop(server);
        RelayServer relay = start(config.withExpiry(new RelayConfig.Expiry(Duration.ZERO, Duration.ofMillis(50))));
        Socket client = dial(relay);
        client.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isEqualTo(1);

        ServiceSnapshot plain = TestServices.snapshot(TestServices.CLUSTER_IP, server);
        ServicePort renamed = ServicePort.tcp("renamed", 80);
        services.source.update(new ServiceSnapshot(
                plain.id(),
                ServiceSpec.builder()
                        .clusterIps(plain.spec().clusterIps())
                        .ports(List.of(renamed))
                        .build(),
                Map.of(renamed.key(), plain.endpoints().values().iterator().next()),
                null));

        assertThat(services.balancers.activeGone(services.registry.snapshot())).isZero();
        // Longer than the timeout and the looks in between.
        client.setSoTimeout(400);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        client.getOutputStream().write(2);
        client.setSoTimeout((int) PATIENCE.toMillis());
        assertThat(client.getInputStream().read()).isEqualTo(2);
    }

    private static List<Boolean> bound(RelayServer relay) {
        return relay.decisions().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join().stream()
                .map(decision -> Objects.requireNonNull(decision.choice()).bound())
                .toList();
    }

    private void affine(@Nullable Duration timeout, List<InetSocketAddress> endpoints) {
        ServiceSnapshot plain =
                TestServices.snapshot(TestServices.CLUSTER_IP, endpoints.toArray(InetSocketAddress[]::new));
        services.source.update(new ServiceSnapshot(
                plain.id(),
                ServiceSpec.builder()
                        .clusterIps(plain.spec().clusterIps())
                        .ports(plain.spec().ports())
                        .affinityTimeout(timeout)
                        .build(),
                plain.endpoints(),
                null));
    }

    /** Sends its number to everyone. */
    private InetSocketAddress greeter(int number) throws IOException {
        ServerSocket server = listen();
        threads.execute(() -> {
            try {
                while (true) {
                    try (Socket socket = server.accept()) {
                        socket.getOutputStream().write(number);
                    }
                }
            } catch (IOException e) {
                // the test is over
            }
        });
        return address(server);
    }

    private Set<Integer> greetings(RelayServer relay, int connections) throws IOException {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            try (Socket client = dial(relay)) {
                all.add(client.getInputStream().read());
            }
        }
        return new TreeSet<>(all);
    }
}
