package io.remora.samples.shop.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.MetadataUtils;
import io.remora.samples.shop.api.CatalogGrpc;
import io.remora.samples.shop.api.CatalogGrpc.CatalogBlockingStub;
import io.remora.samples.shop.api.GetProductRequest;
import io.remora.samples.shop.api.ListProductsRequest;
import io.remora.samples.shop.api.Product;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CatalogTest {
    private final HealthStatusManager health = new HealthStatusManager();
    private final AtomicReference<Metadata> headers = new AtomicReference<>();
    private final AtomicReference<Metadata> trailers = new AtomicReference<>();
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        server = Catalog.server(0, "catalog-abc", Duration.ofMinutes(1), health).start();
        channel = Grpc.newChannelBuilder("dns:///127.0.0.1:" + server.getPort(), InsecureChannelCredentials.create())
                .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        server.shutdownNow();
        assertThat(server.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    private CatalogBlockingStub catalog() {
        return CatalogGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
    }

    @Test
    void everyProductOfTheListIsFoundByItsId() {
        var products =
                catalog().listProducts(ListProductsRequest.getDefaultInstance()).getProductsList();
        assertThat(products).hasSize(8).allSatisfy(product -> {
            assertThat(product.getPriceCents()).isPositive();
            assertThat(get(product.getId())).isEqualTo(product);
        });
        assertThat(pod(headers)).isEqualTo("catalog-abc");
    }

    @Test
    void whatIsNotThereIsNotFoundAndThePodIsNamedAllTheSame() {
        assertThatThrownBy(() -> get("spoon"))
                .isInstanceOf(StatusRuntimeException.class)
                .satisfies(e -> assertThat(Status.fromThrowable(e).getCode()).isEqualTo(Status.Code.NOT_FOUND));
        assertThat(pod(trailers)).isEqualTo("catalog-abc");
    }

    @Test
    void theProbeOfKubernetesIsAnswered() {
        var answer = HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance());
        assertThat(answer.getStatus()).isEqualTo(ServingStatus.SERVING);
    }

    private static @Nullable String pod(AtomicReference<Metadata> metadata) {
        return Objects.requireNonNull(metadata.get()).get(PodHeader.KEY);
    }

    private Product get(String id) {
        return catalog().getProduct(GetProductRequest.newBuilder().setId(id).build());
    }
}
