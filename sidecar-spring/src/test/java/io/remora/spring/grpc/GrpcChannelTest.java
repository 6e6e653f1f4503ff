package io.remora.spring.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.remora.client.ServiceNames;
import io.remora.config.RemoraConfig;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.embedded.Remora;
import io.remora.embedded.SharedRemora;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.grpc.client.GrpcChannelFactory;

/** Spring gRPC's channels to a Service of two pods, which are gRPC servers on loopback. */
class GrpcChannelTest {

    private static final String TARGET = "spring.grpc.client.channel.catalog.target=k8s:///catalog:grpc";

    private Pod one;
    private Pod two;
    private Remora remora;

    @BeforeEach
    void start() throws IOException {
        one = new Pod("127.0.0.2");
        two = new Pod("127.0.0.3");
        remora = remora(one, two);
    }

    private static Remora remora(Pod... pods) {
        ServicePort port = ServicePort.tcp("grpc", 9090);
        Remora made = Remora.builder(
                        RemoraConfig.DEFAULT,
                        new ServiceNames("shop", ServiceNames.DEFAULT_CLUSTER_DOMAIN),
                        new StaticDiscoverySource(List.of(new ServiceSnapshot(
                                new ServiceId("shop", "catalog"),
                                ServiceSpec.builder()
                                        .clusterIps(List.of(IpAddress.parse("10.96.0.10")))
                                        .ports(List.of(port))
                                        .build(),
                                Map.of(
                                        port.key(),
                                        Stream.of(pods).map(Pod::endpoint).toList()),
                                null))))
                .build();
        made.start();
        return made;
    }

    @AfterEach
    void stop() throws InterruptedException {
        remora.close();
        one.close();
        two.close();
    }

    @Test
    void aTargetInThePropertiesIsAllThatIsNeededForEveryCallToBeBalanced() {
        application(TARGET).run(context -> {
            ManagedChannel channel = context.getBean(GrpcChannelFactory.class).createChannel("catalog");
            for (int i = 0; i < 40; i++) {
                assertThat(check(channel)).isEqualTo(ServingStatus.SERVING);
            }
            assertThat(one.calls).hasValueGreaterThan(5);
            assertThat(two.calls).hasValueGreaterThan(5);
        });
    }

    @Test
    void theApplicationsOwnRetryPolicyHoldsNextToIt() {
        one.broken = true;
        String method = "spring.grpc.client.channel.catalog.service-config.method[0].";
        application(
                        TARGET,
                        method + "name[0].service=grpc.health.v1.Health",
                        method + "retry.max-attempts=5",
                        method + "retry.initial-backoff=1ms",
                        method + "retry.max-backoff=5ms",
                        method + "retry.backoff-multiplier=2",
                        method + "retry.retryable-status-codes=UNAVAILABLE")
                .run(context -> {
                    ManagedChannel channel =
                            context.getBean(GrpcChannelFactory.class).createChannel("catalog");
                    for (int i = 0; i < 40; i++) {
                        assertThat(check(channel)).isEqualTo(ServingStatus.SERVING);
                    }
                    assertThat(one.calls).hasPositiveValue();
                    assertThat(two.calls).hasValue(40);
                });
    }

    @Test
    void aChannelStaysWithItsContextWhicheverWasStartedLast() {
        Remora first = remora(one);
        application(first, TARGET).run(context -> {
            ManagedChannel channel = context.getBean(GrpcChannelFactory.class).createChannel("catalog");
            application(TARGET).run(second -> {
                for (int i = 0; i < 20; i++) {
                    assertThat(check(channel)).isEqualTo(ServingStatus.SERVING);
                }
            });
            assertThat(one.calls).hasValue(20);
        });
        first.close();
    }

    @Test
    void switchedOffNothingIsInstalled() {
        application(TARGET, "remora.grpc.enabled=false")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(KubernetesChannels.class)
                        .doesNotHaveBean(SharedRemora.Installation.class));
    }

    @Test
    void otherTargetsAreLeftAlone() {
        application("spring.grpc.client.channel.plain.target=static://127.0.0.2:" + one.port())
                .run(context -> {
                    ManagedChannel channel =
                            context.getBean(GrpcChannelFactory.class).createChannel("plain");
                    assertThat(check(channel)).isEqualTo(ServingStatus.SERVING);
                    assertThat(one.calls).hasValue(1);
                });
    }

    private ApplicationContextRunner application(String... properties) {
        return application(remora, properties);
    }

    private static ApplicationContextRunner application(Remora remora, String... properties) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        SslAutoConfiguration.class,
                        GrpcClientAutoConfiguration.class,
                        RemoraGrpcClientAutoConfiguration.class))
                .withBean(Remora.class, () -> remora, definition -> definition.setDestroyMethodName(""))
                .withPropertyValues(properties);
    }

    private static ServingStatus check(ManagedChannel channel) {
        return HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus();
    }

    private static final class Pod {
        final AtomicInteger calls = new AtomicInteger();
        volatile boolean broken;
        private final String address;
        private final Server server;

        Pod(String address) throws IOException {
            this.address = address;
            server = NettyServerBuilder.forAddress(new InetSocketAddress(address, 0))
                    .addService(new HealthGrpc.HealthImplBase() {
                        @Override
                        public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
                            answer(observer);
                        }
                    })
                    .build()
                    .start();
        }

        private void answer(StreamObserver<HealthCheckResponse> observer) {
            calls.incrementAndGet();
            if (broken) {
                observer.onError(Status.UNAVAILABLE.asRuntimeException());
            } else {
                observer.onNext(HealthCheckResponse.newBuilder()
                        .setStatus(ServingStatus.SERVING)
                        .build());
                observer.onCompleted();
            }
        }

        Endpoint endpoint() {
            return Endpoint.ready(IpAddress.parse(address), server.getPort());
        }

        int port() {
            return server.getPort();
        }

        void close() throws InterruptedException {
            server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        }
    }
}
