package io.remora.grpc;

import static io.remora.grpc.GrpcCluster.config;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.remora.balancer.BalancerConfig;
import io.remora.outlier.HealthConfig;
import io.remora.registry.RegistryConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What counts as in flight ends with the calls, whatever becomes of them. */
@Timeout(90)
class GrpcLeakTest {

    private static final Map<String, ?> HEDGING = Map.of(
            "loadBalancingConfig",
            List.of(Map.of("remora", Map.of())),
            "methodConfig",
            List.of(Map.of(
                    "name",
                    List.of(Map.of()),
                    "hedgingPolicy",
                    Map.of(
                            "maxAttempts",
                            3.0,
                            "hedgingDelay",
                            "0.002s",
                            "nonFatalStatusCodes",
                            List.of("UNAVAILABLE")))));

    @Test
    void countsNothingAfterCallsThatWereCancelledRetriedHedgedAndLost() {
        HealthConfig health = HealthConfig.DEFAULT;
        try (GrpcCluster cluster = new GrpcCluster(config(BalancerConfig.DEFAULT, health, RegistryConfig.DEFAULT))) {
            List<GrpcPod> pods = cluster.catalog(3);
            List<ManagedChannel> channels = List.of(
                    cluster.channel("catalog"),
                    cluster.open(cluster.builder("catalog?service-config=none").defaultServiceConfig(HEDGING)));
            Random random = new Random(11);
            List<ListenableFuture<String>> calls = new ArrayList<>();
            for (int round = 0; round < 40; round++) {
                for (int i = 0; i < 50; i++) {
                    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(
                            random.nextInt(4) == 0 ? random.nextInt(3) : 5_000, TimeUnit.MILLISECONDS);
                    ManagedChannel channel = channels.get(i % 2);
                    ListenableFuture<String> call = ClientCalls.futureUnaryCall(
                            channel.newCall(Echo.CALL, random.nextBoolean() ? options.withWaitForReady() : options),
                            "hello");
                    calls.add(call);
                    if (random.nextInt(3) == 0) {
                        call.cancel(true);
                    }
                }
                GrpcPod victim = pods.get(random.nextInt(3));
                switch (random.nextInt(4)) {
                    case 0 -> victim.restart();
                    case 1 ->
                        cluster.catalogOf(
                                pods.stream().filter(pod -> pod != victim).toList());
                    case 2 -> channels.get(random.nextInt(2)).enterIdle();
                    default -> cluster.catalogOf(pods);
                }
            }
            await().atMost(30, TimeUnit.SECONDS).until(() -> calls.stream().allMatch(ListenableFuture::isDone));

            assertThat(calls).anySatisfy(call -> assertThat(call).succeedsWithin(Duration.ZERO));
            // gRPC says nothing of a buffered call that is cancelled in the moment in which its stream is made.
            cluster.assertNothingInFlight(EndpointLink.MOST_UNBEGUN.plusSeconds(10));
        }
    }

    @Test
    void credentialsThatFailSayNothingOfThePod() {
        try (GrpcCluster cluster = new GrpcCluster(
                GrpcCluster.config(GrpcCluster.ROUND_ROBIN, HealthConfig.DEFAULT, RegistryConfig.DEFAULT))) {
            List<GrpcPod> pods = cluster.catalog(2);
            ManagedChannel channel = cluster.channel("catalog");
            cluster.warm(channel, pods);
            for (Status own : List.of(Status.UNAVAILABLE, Status.UNAUTHENTICATED)) {
                for (int i = 0; i < 20; i++) {
                    CallOptions options = GrpcCluster.inTime().withCallCredentials(failing(own));
                    assertThatThrownBy(() -> GrpcCluster.call(channel, options))
                            .hasMessageContaining(own.getCode().name());
                }
            }

            cluster.assertNothingInFlight();
            assertThat(cluster.balancer().candidates().usable()).hasSize(2);
            assertThat(pods)
                    .allSatisfy(pod -> assertThat(cluster.state(pod).failures()).isZero());
        }
    }

    private static CallCredentials failing(Status status) {
        return new CallCredentials() {
            @Override
            public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
                applier.fail(status);
            }
        };
    }

    @Test
    void countsNothingOfAChannelThatWasShutDownWhileCredentialsWereAwaited() {
        Collection<CallCredentials.MetadataApplier> appliers = new ConcurrentLinkedQueue<>();
        CallCredentials never = new CallCredentials() {
            @Override
            public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
                appliers.add(applier);
            }
        };
        try (GrpcCluster cluster = GrpcCluster.of(BalancerConfig.DEFAULT)) {
            GrpcPod pod = cluster.catalog(1).get(0);
            ManagedChannel channel = cluster.channel("catalog");
            GrpcCluster.call(channel);
            ListenableFuture<String> call = ClientCalls.futureUnaryCall(
                    channel.newCall(Echo.CALL, GrpcCluster.inTime().withCallCredentials(never)), "hello");
            await().atMost(10, TimeUnit.SECONDS).until(() -> !appliers.isEmpty());
            assertThat(cluster.state(pod).active()).isEqualTo(1); // it is under way

            call.cancel(true); // gRPC tells no tracer
            channel.shutdown();

            cluster.assertNothingInFlight();
            appliers.forEach(applier -> applier.apply(new Metadata())); // too late for a stream
            cluster.assertNothingInFlight();
        }
    }
}
