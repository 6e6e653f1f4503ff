package io.remora.grpc;

import static io.remora.grpc.GrpcCluster.ROUND_ROBIN;
import static io.remora.grpc.GrpcCluster.call;
import static io.remora.grpc.GrpcCluster.config;
import static io.remora.grpc.GrpcCluster.inTime;
import static io.remora.grpc.GrpcCluster.spread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.remora.balancer.EndpointHealth;
import io.remora.outlier.HealthConfig;
import io.remora.outlier.OutlierConfig;
import io.remora.registry.RegistryConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pods that go, die, fall sick and come back, while calls are made. */
@Timeout(60)
class GrpcResilienceTest {

    private static final HealthConfig SHORT_EJECTIONS = HealthConfig.DEFAULT.withOutlier(new OutlierConfig(
            true,
            3,
            Duration.ofSeconds(10),
            new OutlierConfig.EjectionTime(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ZERO),
            100,
            0,
            OutlierConfig.SuccessRate.DEFAULT,
            OutlierConfig.FailurePercentage.DEFAULT,
            OutlierConfig.Comeback.CONNECTION));

    @Test
    void losesNoCallInARollingUpdate() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            List<GrpcPod> pods = new ArrayList<>(cluster.catalog(3));
            ManagedChannel channel = cluster.channel("catalog:grpc");
            try (GrpcLoad load = new GrpcLoad(channel, 3)) {
                load.more(200);
                for (int i = 0; i < 3; i++) {
                    GrpcPod old = pods.get(0);
                    GrpcPod newer = cluster.pod("catalog-new-" + i, 10 + i);
                    pods.add(newer);
                    cluster.catalogOf(pods);
                    await().atMost(10, TimeUnit.SECONDS).until(() -> newer.calls.get() > 0);
                    pods.remove(old);
                    cluster.catalogOf(pods);
                    await().atMost(10, TimeUnit.SECONDS).until(() -> {
                        int calls = old.calls.get();
                        load.more(50);
                        return old.calls.get() == calls; // it is left before it ends
                    });
                    old.shutdown();
                    load.more(200);
                }
                load.stop();
                assertThat(load.failures).isEmpty();
            }
            assertThat(spread(channel, 30)).containsOnlyKeys("catalog-new-0", "catalog-new-1", "catalog-new-2");
            cluster.assertNothingInFlight();
        }
    }

    @Test
    void leavesAPodThatRefusesAtOnce() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            List<GrpcPod> pods = cluster.catalog(3);
            ManagedChannel channel = cluster.channel("catalog");
            cluster.warm(channel, pods);

            pods.get(0).kill();
            // The reset may still be on its way; from the moment it came, no call goes there.
            await().atMost(10, TimeUnit.SECONDS)
                    .ignoreException(StatusRuntimeException.class)
                    .until(() -> !spread(channel, 10).containsKey("catalog-0"));

            assertThat(spread(channel, 300)).containsOnlyKeys("catalog-1", "catalog-2");
            await().atMost(10, TimeUnit.SECONDS)
                    .until(() -> cluster.state(pods.get(0)).failures() > 0); // its health is told of the connects
            pods.get(0).restart();
            await().atMost(10, TimeUnit.SECONDS).until(() -> call(channel).equals("catalog-0"));
            cluster.assertNothingInFlight();
        }
    }

    @Test
    void failsAtOnceWithTheCauseIfAllPodsRefuse() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            List<GrpcPod> pods = cluster.catalog(2);
            pods.forEach(GrpcPod::kill);
            ManagedChannel channel = cluster.channel("catalog");

            StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, () -> call(channel));

            assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(failure)
                    .hasMessageContaining("no endpoint of Service shop/catalog:grpc")
                    .hasMessageContaining("Connection refused");
            ListenableFuture<String> patient =
                    ClientCalls.futureUnaryCall(channel.newCall(Echo.CALL, inTime().withWaitForReady()), "hello");
            pods.get(1).restart();
            await().atMost(10, TimeUnit.SECONDS).until(patient::isDone);
            assertThat(patient).succeedsWithin(Duration.ofSeconds(1)).isEqualTo("catalog-1");
            cluster.assertNothingInFlight();
        }
    }

    @Test
    void ejectsASickPodAndTakesItBack() {
        try (GrpcCluster cluster = new GrpcCluster(config(ROUND_ROBIN, SHORT_EJECTIONS, RegistryConfig.DEFAULT))) {
            List<GrpcPod> pods = cluster.catalog(3);
            ManagedChannel channel = cluster.channel("catalog");
            cluster.warm(channel, pods);
            GrpcPod sick = pods.get(1);

            sick.fail(Status.INTERNAL.withDescription("out of cheese"));
            try (GrpcLoad load = new GrpcLoad(channel, 1)) {
                await().atMost(10, TimeUnit.SECONDS)
                        .until(() -> cluster.state(sick).health().state() == EndpointHealth.State.EJECTED);
                load.stop();
                assertThat(load.failures).hasSizeBetween(3, 30).allMatch(text -> text.contains("out of cheese"));
            }

            sick.fail(null);
            await().atMost(20, TimeUnit.SECONDS)
                    .until(() -> call(channel).equals(sick.name)
                            && cluster.state(sick).health().state() == EndpointHealth.State.HEALTHY);
            cluster.assertNothingInFlight();
        }
    }

    @Test
    void ejectsAPodThatAnswersNothing() {
        try (GrpcCluster cluster = new GrpcCluster(config(ROUND_ROBIN, SHORT_EJECTIONS, RegistryConfig.DEFAULT))) {
            List<GrpcPod> pods = cluster.catalog(3);
            ManagedChannel channel = cluster.channel("catalog");
            cluster.warm(channel, pods);
            GrpcPod hung = pods.get(2);
            hung.silence(true);

            await().atMost(20, TimeUnit.SECONDS).until(() -> {
                StatusRuntimeException unused = catchThrowableOfType(
                        StatusRuntimeException.class,
                        () -> call(channel, inTime().withDeadlineAfter(1, TimeUnit.SECONDS)));
                return cluster.state(hung).health().state() == EndpointHealth.State.EJECTED;
            });
            cluster.assertNothingInFlight();
        }
    }

    @Test
    void tellsNothingOfAnEndpointWhenTheChannelIsShutDown() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            GrpcPod pod = cluster.catalog(1).get(0);
            pod.silence(true);
            ManagedChannel channel = cluster.channel("catalog");
            List<ListenableFuture<String>> calls = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                calls.add(ClientCalls.futureUnaryCall(channel.newCall(Echo.CALL, inTime()), "hello"));
            }
            await().atMost(10, TimeUnit.SECONDS).until(() -> pod.waiting.size() == 5);
            assertThat(cluster.state(pod).active()).isEqualTo(5);

            channel.shutdownNow();

            await().atMost(10, TimeUnit.SECONDS).until(() -> calls.stream().allMatch(ListenableFuture::isDone));
            cluster.assertNothingInFlight();
            assertThat(cluster.state(pod).failures()).isZero();
        }
    }

    @Test
    void answersAtOnceAfterTheChannelWasIdle() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            GrpcPod first = cluster.catalog(1).get(0);
            ManagedChannel channel = cluster.channel("catalog");
            assertThat(call(channel)).isEqualTo(first.name);

            channel.enterIdle();
            await().atMost(10, TimeUnit.SECONDS).until(() -> channel.getState(false) == io.grpc.ConnectivityState.IDLE);
            GrpcPod second = cluster.pod("catalog-second", 9);
            cluster.catalogOf(List.of(second)); // nobody listens
            long begun = System.nanoTime();
            assertThat(call(channel)).isEqualTo("catalog-second");

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
            cluster.assertNothingInFlight();
        }
    }

    @Test
    void retriesByTheUsersOwnServiceConfig() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            List<GrpcPod> pods = cluster.catalog(2);
            Map<String, ?> retries = Map.of(
                    "maxAttempts",
                    3.0,
                    "initialBackoff",
                    "0.001s",
                    "maxBackoff",
                    "0.01s",
                    "backoffMultiplier",
                    1.0,
                    "retryableStatusCodes",
                    List.of("UNAVAILABLE"));
            Map<String, ?> serviceConfig = Map.of(
                    "loadBalancingConfig",
                    List.of(Map.of("remora", Map.of())),
                    "methodConfig",
                    List.of(Map.of("name", List.of(Map.of()), "retryPolicy", retries)));
            List<ManagedChannel> channels = List.of(
                    cluster.open(cluster.builder("catalog?service-config=none").defaultServiceConfig(serviceConfig)),
                    cluster.open(cluster.builder("catalog")
                            .setNameResolverArg(RemoraNameResolverProvider.SERVICE_CONFIG, false)
                            .defaultServiceConfig(serviceConfig)),
                    cluster.open(cluster.builder("catalog")
                            .disableServiceConfigLookUp()
                            .defaultServiceConfig(serviceConfig)));

            for (ManagedChannel channel : channels) {
                pods.get(0).fail(null);
                cluster.warm(channel, pods); // a retry finds another pod only among those that are connected to
                pods.get(0).fail(Status.UNAVAILABLE);
                pods.get(0).calls.set(0);
                assertThat(spread(channel, 40)).containsOnlyKeys("catalog-1");
                assertThat(pods.get(0).calls.get()).isGreaterThan(5); // balanced, not pick_first
            }
            cluster.assertNothingInFlight();
        }
    }
}
