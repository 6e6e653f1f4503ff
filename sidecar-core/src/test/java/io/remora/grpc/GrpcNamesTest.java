package io.remora.grpc;

import static io.remora.grpc.GrpcCluster.GRPC;
import static io.remora.grpc.GrpcCluster.ROUND_ROBIN;
import static io.remora.grpc.GrpcCluster.call;
import static io.remora.grpc.GrpcCluster.config;
import static io.remora.grpc.GrpcCluster.inTime;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.remora.discovery.Endpoint;
import io.remora.discovery.ServicePort;
import io.remora.embedded.Remora;
import io.remora.embedded.SharedRemora;
import io.remora.outlier.HealthConfig;
import io.remora.registry.RegistryConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What targets mean, and what a channel is told if they mean nothing. */
@Timeout(60)
class GrpcNamesTest {

    private static final ServicePort METRICS = ServicePort.tcp("metrics", 9100);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "catalog",
                "catalog:grpc",
                "catalog:9090",
                "catalog.shop:grpc",
                "catalog.shop.svc:9090",
                "catalog.shop.svc.cluster.local:grpc"
            })
    void findsTheServiceAndKeepsItsName(String target) {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            GrpcPod pod = cluster.pod("catalog-0", 2);
            // Its other port is first, and has no endpoints: only the right one answers.
            cluster.service("catalog", spec -> spec, List.of(GRPC, METRICS), pod.endpoint());
            ManagedChannel channel = cluster.channel(target);

            assertThat(call(channel)).isEqualTo("catalog-0");

            assertThat(pod.authorities).containsOnly(target.replace(":grpc", ""));
        }
    }

    @Test
    void findsTheEndpointsOfAHeadlessService() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            GrpcPod pod = cluster.pod("catalog-0", 2);
            cluster.service(
                    "catalog", spec -> spec.headless(true).clusterIps(List.of()), List.of(GRPC), pod.endpoint());

            assertThat(call(cluster.channel("catalog"))).isEqualTo("catalog-0");
        }
    }

    @Test
    void saysThatThereIsNoSuchServiceAndGoesOnWhenItComes() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            ManagedChannel channel = cluster.channel("catalog");
            assertThatThrownBy(() -> call(channel))
                    .hasMessageContaining("UNAVAILABLE")
                    .hasMessageContaining("there is no Service shop/catalog");
            ListenableFuture<String> patient =
                    ClientCalls.futureUnaryCall(channel.newCall(Echo.CALL, inTime().withWaitForReady()), "hello");

            cluster.catalog(1);

            assertThat(patient).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("catalog-0");
        }
    }

    @Test
    void failsCallsToAServiceThatWasDeleted() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            cluster.catalog(1);
            ManagedChannel channel = cluster.channel("catalog");
            assertThat(call(channel)).isEqualTo("catalog-0");

            cluster.source.remove(GrpcCluster.CATALOG);

            await().atMost(10, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThatThrownBy(() -> call(channel))
                            .hasMessageContaining("there is no Service shop/catalog"));
            cluster.assertNothingInFlight();
        }
    }

    @Test
    void saysThatNoEndpointIsReady() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            cluster.catalog();
            ManagedChannel channel = cluster.channel("catalog");
            assertThatThrownBy(() -> call(channel))
                    .hasMessageContaining("UNAVAILABLE")
                    .hasMessageContaining("shop/catalog:grpc")
                    .hasMessageContaining("has no endpoint that is ready");

            cluster.catalog(1);

            await().atMost(10, TimeUnit.SECONDS)
                    .ignoreExceptions()
                    .until(() -> call(channel).equals("catalog-0"));
        }
    }

    @Test
    void goesOnWhenTheOneWhoGivesRemoraHasIt() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            cluster.catalog(1);
            AtomicInteger asked = new AtomicInteger();
            Supplier<Remora> late = () -> {
                if (asked.incrementAndGet() < 4) {
                    throw new IllegalStateException("not yet");
                }
                return cluster.remora;
            };
            ManagedChannel channel = cluster.open(
                    cluster.builder("catalog").setNameResolverArg(RemoraNameResolverProvider.REMORA, late));
            assertThatThrownBy(() -> call(channel)).hasMessageContaining("not yet");

            await().atMost(30, TimeUnit.SECONDS) // gRPC's own back-off, of 1 s and more
                    .ignoreExceptions()
                    .until(() -> call(channel).equals("catalog-0"));
        }
    }

    @Test
    void staysWithOneEndpointWhereTheServiceHasAffinity() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            List<GrpcPod> pods = List.of(cluster.pod("catalog-0", 2), cluster.pod("catalog-1", 3));
            Endpoint[] endpoints = pods.stream().map(GrpcPod::endpoint).toArray(Endpoint[]::new);
            cluster.service("catalog", spec -> spec.affinityTimeout(Duration.ofHours(3)), List.of(GRPC), endpoints);
            ManagedChannel channel = cluster.channel("catalog");
            call(channel);
            await().atMost(10, TimeUnit.SECONDS)
                    .until(() -> GrpcCluster.spread(channel, 20).size() == 1);
            String bound = call(channel);

            cluster.service(
                    "catalog",
                    spec -> spec.affinityTimeout(Duration.ofHours(3)),
                    List.of(GRPC),
                    endpoints[bound.equals("catalog-0") ? 1 : 0]);
            await().atMost(10, TimeUnit.SECONDS).until(() -> !call(channel).equals(bound));
        }
    }

    @Test
    void listsThePortsWhereItIsNotClearWhichIsMeant() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            GrpcPod pod = cluster.pod("catalog-0", 2);
            cluster.service("catalog", spec -> spec, List.of(ServicePort.tcp("api", 9090), METRICS), pod.endpoint());

            assertThatThrownBy(() -> call(cluster.channel("catalog")))
                    .hasMessageContaining("several ports")
                    .hasMessageContaining("api (9090), metrics (9100)");
            assertThatThrownBy(() -> call(cluster.channel("catalog:grpc")))
                    .hasMessageContaining("no TCP port grpc; it has api (9090), metrics (9100)");
            assertThatThrownBy(() -> call(cluster.channel("catalog:80"))).hasMessageContaining("no TCP port 80");
            assertThat(call(cluster.channel("catalog:api"))).isEqualTo("catalog-0");
        }
    }

    @Test
    void waitsForTheSourceAndThenSaysSo() {
        try (GrpcCluster cluster =
                new GrpcCluster(config(ROUND_ROBIN, HealthConfig.OFF, RegistryConfig.DEFAULT), false)) {
            ManagedChannel channel = cluster.channel("catalog");
            assertThatThrownBy(() -> call(channel)).hasMessageContaining("Service shop/catalog is not known yet");

            cluster.remora.start();
            cluster.catalog(1);

            await().atMost(10, TimeUnit.SECONDS)
                    .ignoreExceptions()
                    .until(() -> call(channel).equals("catalog-0"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"k8s", "kubernetes"})
    void isFoundByGrpcItself(String scheme) throws Exception {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN);
                SharedRemora.Installation installed = SharedRemora.install(cluster.remora)) {
            cluster.catalog(1);
            assertThat(installed).isNotNull();
            NettyChannelBuilder builder = NettyChannelBuilder.forTarget(
                    scheme + ":///catalog.shop:grpc", InsecureChannelCredentials.create());

            assertThat(call(cluster.open(builder))).isEqualTo("catalog-0");
        }
    }

    @Test
    void leavesTargetsWithoutASchemeToDns() {
        assertThat(NameResolverRegistry.getDefaultRegistry().getProviderForScheme("k8s"))
                .isInstanceOf(RemoraNameResolverProvider.class);
        assertThat(NameResolverRegistry.getDefaultRegistry().getDefaultScheme()).isEqualTo("dns");
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            GrpcPod pod = cluster.pod("plain", 2);

            assertThat(call(cluster.open(NettyChannelBuilder.forTarget(
                            "127.0.0.2:" + pod.port(), InsecureChannelCredentials.create()))))
                    .isEqualTo("plain");
        }
    }

    @Test
    void aPolicyOfGrpcsOwnGetsTheAddresses() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            cluster.catalog(1);
            ManagedChannel channel = cluster.open(
                    cluster.builder("catalog?service-config=none").defaultLoadBalancingPolicy("round_robin"));

            assertThat(call(channel)).isEqualTo("catalog-0");
        }
    }

    @Test
    void saysWhatTheOtherTargetsOfItsPolicyLack() {
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            ManagedChannel channel =
                    cluster.open(NettyChannelBuilder.forAddress("127.0.0.1", 1).defaultLoadBalancingPolicy("remora"));

            assertThatThrownBy(() -> call(channel)).hasMessageContaining("is for targets k8s:///service:port");
        }
    }
}
