package io.remora.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointState;
import io.remora.client.ServiceNames;
import io.remora.client.ServiceTarget;
import io.remora.config.RemoraConfig;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.embedded.Remora;
import io.remora.outlier.HealthConfig;
import io.remora.registry.RegistryConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Services that a test changes, and gRPC channels to them. */
final class GrpcCluster implements AutoCloseable {

    static final ServiceId CATALOG = new ServiceId("shop", "catalog");
    static final ServicePort GRPC = ServicePort.tcp("grpc", 9090);
    static final BalancerConfig ROUND_ROBIN = BalancerConfig.DEFAULT.withPolicy(BalancerPolicy.ROUND_ROBIN);

    private static final AtomicInteger SCHEMES = new AtomicInteger();

    final StaticDiscoverySource source = new StaticDiscoverySource(List.of());
    final Remora remora;
    private final RemoraNameResolverProvider resolvers;
    private final List<GrpcPod> pods = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();

    /** One where nothing is ejected. */
    static GrpcCluster of(BalancerConfig balancer) {
        return new GrpcCluster(config(balancer, HealthConfig.OFF, RegistryConfig.DEFAULT));
    }

    static RemoraConfig config(BalancerConfig balancer, HealthConfig health, RegistryConfig registry) {
        RemoraConfig all = RemoraConfig.DEFAULT;
        return new RemoraConfig(
                all.kubernetes(),
                registry,
                balancer,
                health,
                all.relay().withHold(Duration.ofMillis(300)),
                all.refusal(),
                all.admin(),
                all.log(),
                all.shutdown());
    }

    GrpcCluster(RemoraConfig config) {
        this(config, true);
    }

    GrpcCluster(RemoraConfig config, boolean started) {
        remora = Remora.builder(config, new ServiceNames("shop", "cluster.local"), source)
                .build();
        if (started) {
            remora.start();
        }
        resolvers = new RemoraNameResolverProvider("k8s" + SCHEMES.incrementAndGet(), () -> remora);
        NameResolverRegistry.getDefaultRegistry().register(resolvers);
    }

    GrpcPod pod(String name, int number) {
        return with(new GrpcPod(name, number));
    }

    /** Pods catalog-0 up to catalog-(count - 1), which the Service catalog has. */
    List<GrpcPod> catalog(int count) {
        List<GrpcPod> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(pod("catalog-" + i, i + 2));
        }
        catalogOf(all);
        return all;
    }

    void catalogOf(List<GrpcPod> all) {
        catalog(all.stream().map(GrpcPod::endpoint).toArray(Endpoint[]::new));
    }

    void catalog(Endpoint... endpoints) {
        service("catalog", spec -> spec, List.of(GRPC), endpoints);
    }

    /** Makes a Service, or replaces it, whose first port has the given endpoints. */
    void service(String name, UnaryOperator<ServiceSpec.Builder> spec, List<ServicePort> ports, Endpoint... endpoints) {
        ServiceSpec built = spec.apply(ServiceSpec.builder()
                        .clusterIps(List.of(IpAddress.parse("10.96.0.1")))
                        .ports(ports))
                .build();
        ServiceId id = new ServiceId("shop", name);
        ServiceSnapshot snapshot =
                new ServiceSnapshot(id, built, Map.of(ports.get(0).key(), List.of(endpoints)), null);
        source.update(snapshot);
        // The registry's writer is a thread of its own, and what a test does next is to find it.
        await().atMost(10, TimeUnit.SECONDS).until(() -> {
            var entry = remora.registry().snapshot().service(id);
            return entry != null && entry.service().equals(snapshot);
        });
    }

    /** Closes the pod in the end. */
    GrpcPod with(GrpcPod pod) {
        pods.add(pod);
        return pod;
    }

    /** The target with this cluster's scheme. */
    String target(String rest) {
        return resolvers.getDefaultScheme() + ":///" + rest;
    }

    NettyChannelBuilder builder(String rest) {
        return NettyChannelBuilder.forTarget(target(rest), InsecureChannelCredentials.create());
    }

    ManagedChannel channel(String rest) {
        return open(builder(rest));
    }

    ManagedChannel open(io.grpc.ManagedChannelBuilder<?> builder) {
        ManagedChannel channel = builder.build();
        channels.add(channel);
        return channel;
    }

    /** Returns the name of the pod that answered. */
    static String call(Channel channel) {
        return call(channel, inTime());
    }

    /** No test waits longer. */
    static CallOptions inTime() {
        return CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    static String call(Channel channel, CallOptions options) {
        return ClientCalls.blockingUnaryCall(channel, Echo.CALL, options, "hello");
    }

    /** Returns how many of so many calls each pod answered. */
    static Map<String, Integer> spread(Channel channel, int calls) {
        Map<String, Integer> answers = new LinkedHashMap<>();
        for (int i = 0; i < calls; i++) {
            answers.merge(call(channel), 1, Integer::sum);
        }
        return answers;
    }

    /** Calls until the channel has a connection to each of the pods. */
    void warm(Channel channel, List<GrpcPod> all) {
        for (GrpcPod pod : all) {
            await().atMost(10, TimeUnit.SECONDS)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> call(channel).equals(pod.name));
        }
    }

    DestinationBalancer balancer() {
        return Objects.requireNonNull(remora.requests().find(ServiceTarget.of(CATALOG, GRPC.port())));
    }

    EndpointState state(GrpcPod pod) {
        return Objects.requireNonNull(balancer().state(pod.endpoint()));
    }

    /** Waits until nothing counts as under way. */
    void assertNothingInFlight() {
        assertNothingInFlight(Duration.ofSeconds(10));
    }

    /** @param within how long it may take until nothing is */
    void assertNothingInFlight(Duration within) {
        await().atMost(within).untilAsserted(() -> {
            for (DestinationBalancer each : remora.balancers().all()) {
                assertThat(each.admission().open()).isZero();
                assertThat(each.admission().pending()).isZero();
                assertThat(each.candidates().eligible())
                        .allSatisfy(state -> assertThat(state.active()).isZero());
            }
            assertThat(remora.balancers().activeGone(remora.registry().snapshot()))
                    .isZero();
        });
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        await().atMost(10, TimeUnit.SECONDS).until(() -> channels.stream().allMatch(ManagedChannel::isTerminated));
        NameResolverRegistry.getDefaultRegistry().deregister(resolvers);
        pods.forEach(GrpcPod::close);
        remora.close();
    }
}
