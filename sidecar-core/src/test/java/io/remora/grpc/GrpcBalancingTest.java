package io.remora.grpc;

import static io.remora.grpc.GrpcCluster.ROUND_ROBIN;
import static io.remora.grpc.GrpcCluster.call;
import static io.remora.grpc.GrpcCluster.config;
import static io.remora.grpc.GrpcCluster.inTime;
import static io.remora.grpc.GrpcCluster.spread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerPolicy;
import io.remora.outlier.HealthConfig;
import io.remora.registry.ClientLocation;
import io.remora.registry.RegistryConfig;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which pod a call goes to, through channels and servers as they are in production. */
@Timeout(60)
class GrpcBalancingTest {

    @ParameterizedTest
    @EnumSource(names = {"ROUND_ROBIN", "P2C"})
    void spreadsTheCallsOfOneChannelEvenly(BalancerPolicy policy) {
        try (GrpcCluster cluster = GrpcCluster.of(BalancerConfig.DEFAULT.withPolicy(policy))) {
            List<GrpcPod> pods = cluster.catalog(3);
            ManagedChannel channel = cluster.channel("catalog:grpc");
            cluster.warm(channel, pods);
            pods.forEach(pod -> pod.calls.set(0));

            // One call after another: of several at once p2c gives less to the pod that takes longer, be it only for
            // the
            // thread that its connection shares with another one.
            try (GrpcLoad load = new GrpcLoad(channel, 1)) {
                load.finish(15_000);
                assertThat(load.failures).isEmpty();
            }

            assertThat(pods).allSatisfy(pod -> assertThat(pod.calls.get()).isCloseTo(5_000, within(250)));
            cluster.assertNothingInFlight();
        }
    }

    @Test
    void usesANewPodThroughAnOpenChannelAtOnce() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            GrpcPod first = cluster.pod("catalog-0", 2);
            cluster.catalogOf(List.of(first));
            ManagedChannel channel = cluster.channel("catalog");
            assertThat(call(channel)).isEqualTo("catalog-0");

            GrpcPod second = cluster.pod("catalog-1", 3);
            cluster.catalogOf(List.of(first, second));

            await().atMost(1, TimeUnit.SECONDS)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> call(channel).equals("catalog-1"));
        }
    }

    @Test
    void sendsNoNewCallToAPodThatWentAndLetsItsStreamsFinish() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            List<GrpcPod> pods = cluster.catalog(2);
            ManagedChannel channel = cluster.channel("catalog:9090");
            cluster.warm(channel, pods);
            Received received = new Received();
            ClientCalls.asyncServerStreamingCall(channel.newCall(Echo.WATCH, CallOptions.DEFAULT), "watch", received);
            await().atMost(10, TimeUnit.SECONDS).until(() -> received.values.size() == 1);
            GrpcPod watched = pods.stream()
                    .filter(pod -> !pod.waiting.isEmpty())
                    .findFirst()
                    .orElseThrow();
            GrpcPod other = pods.get(watched == pods.get(0) ? 1 : 0);

            cluster.catalogOf(List.of(other));
            await().atMost(10, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(spread(channel, 20)).containsOnlyKeys(other.name));

            StreamObserver<String> stream = watched.waiting.iterator().next();
            stream.onNext("last words");
            stream.onCompleted();
            await().atMost(10, TimeUnit.SECONDS).until(() -> received.done);
            assertThat(received.values).containsExactly(watched.name, "last words");
            cluster.assertNothingInFlight();
        }
    }

    @Test
    void staysInTheZone() {
        RegistryConfig here = RegistryConfig.DEFAULT.withClient(ClientLocation.of(null, "eu-1a"));
        BalancerConfig preferring = ROUND_ROBIN.withZones(new BalancerConfig.Zones(true, ClientLocation.UNKNOWN, 1));
        try (GrpcCluster cluster = new GrpcCluster(config(preferring, HealthConfig.OFF, here))) {
            GrpcPod near = cluster.pod("near", 2);
            GrpcPod far = cluster.pod("far", 3);
            cluster.catalog(near.endpoint("eu-1a"), far.endpoint("eu-1b"));
            ManagedChannel channel = cluster.channel("catalog");
            await().atMost(10, TimeUnit.SECONDS).until(() -> call(channel).equals("near"));

            assertThat(spread(channel, 50)).containsOnlyKeys("near");

            near.kill();
            cluster.catalog(far.endpoint("eu-1b"));
            await().atMost(10, TimeUnit.SECONDS)
                    .ignoreException(StatusRuntimeException.class)
                    .until(() -> call(channel).equals("far"));
        }
    }

    @Test
    void hashesTheHeaderThatTheServiceNames() {
        try (GrpcCluster cluster = GrpcCluster.of(BalancerConfig.DEFAULT)) {
            List<GrpcPod> pods = List.of(cluster.pod("a", 2), cluster.pod("b", 3), cluster.pod("c", 4));
            cluster.service(
                    "catalog",
                    spec -> spec.annotations(
                            Map.of("remora.io/policy", "maglev", "remora.io/hash-on", "header:x-user")),
                    List.of(GrpcCluster.GRPC),
                    pods.stream().map(GrpcPod::endpoint).toArray(io.remora.discovery.Endpoint[]::new));
            ManagedChannel channel = cluster.channel("catalog");
            cluster.warm(channel, pods);

            Set<String> answers = new HashSet<>();
            for (int user = 0; user < 30; user++) {
                Metadata headers = new Metadata();
                headers.put(Metadata.Key.of("x-user", Metadata.ASCII_STRING_MARSHALLER), "user-" + user);
                var named = io.grpc.ClientInterceptors.intercept(
                        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
                assertThat(spread(named, 10)).hasSize(1);
                answers.add(call(named));
            }
            assertThat(answers).containsExactlyInAnyOrder("a", "b", "c");
        }
    }

    @Test
    void aHeaderThatNoCallCanHaveIsNone() {
        try (GrpcCluster cluster = GrpcCluster.of(BalancerConfig.DEFAULT)) {
            GrpcPod pod = cluster.pod("a", 2);
            cluster.service(
                    "catalog",
                    spec -> spec.annotations(Map.of("remora.io/policy", "maglev", "remora.io/hash-on", "header:x-bin")),
                    List.of(GrpcCluster.GRPC),
                    pod.endpoint(),
                    cluster.pod("b", 3).endpoint());

            ManagedChannel channel = cluster.channel("catalog");
            assertThat(cluster.balancer().config().hashOn().header()).isEqualTo("x-bin");
            assertThat(spread(channel, 10)).isNotEmpty();
        }
    }

    @Test
    void refusesMoreCallsThanTheLimitWithoutABuffer() {
        try (GrpcCluster cluster = GrpcCluster.of(BalancerConfig.DEFAULT)) {
            GrpcPod pod = cluster.pod("catalog-0", 2);
            cluster.service(
                    "catalog",
                    spec -> spec.annotations(Map.of("remora.io/max-connections", "1")),
                    List.of(GrpcCluster.GRPC),
                    pod.endpoint());
            ManagedChannel channel = cluster.channel("catalog");
            assertThat(call(channel)).isEqualTo("catalog-0");
            cluster.assertNothingInFlight();
            pod.silence(true);
            var waiting = ClientCalls.futureUnaryCall(channel.newCall(Echo.CALL, inTime()), "first");
            await().atMost(10, TimeUnit.SECONDS).until(() -> pod.waiting.size() == 1);

            StatusRuntimeException refused = Assertions.catchThrowableOfType(
                    StatusRuntimeException.class, () -> call(channel, inTime().withWaitForReady()));

            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(refused).hasMessageContaining("remora.max-connections");
            assertThat(waiting.cancel(true)).isTrue();
            cluster.assertNothingInFlight();
        }
    }
}
