package io.remora.grpc;

import static io.remora.grpc.GrpcCluster.ROUND_ROBIN;
import static io.remora.grpc.GrpcCluster.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.remora.internal.TestCertificate;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pods have addresses, and their certificate has the Service's name. */
@Timeout(60)
class GrpcTlsTest {

    @TempDir
    private Path folder;

    @Test
    void verifiesTheNameOfTheService() throws Exception {
        TestCertificate certificate = TestCertificate.of("dns:catalog.shop", folder);
        ServerCredentials server = TlsServerCredentials.newBuilder()
                .keyManager(certificate.server().getKeyManagers())
                .build();
        ChannelCredentials client = TlsChannelCredentials.newBuilder()
                .trustManager(certificate.client().getTrustManagers())
                .build();
        try (GrpcCluster cluster = GrpcCluster.of(ROUND_ROBIN)) {
            cluster.catalogOf(List.of(cluster.with(new GrpcPod("catalog-0", 2, server))));

            ManagedChannel right =
                    cluster.open(NettyChannelBuilder.forTarget(cluster.target("catalog.shop:grpc"), client));
            assertThat(call(right)).isEqualTo("catalog-0");

            ManagedChannel wrong = cluster.open(NettyChannelBuilder.forTarget(cluster.target("catalog:grpc"), client));
            assertThatThrownBy(() -> call(wrong))
                    .hasMessageContaining("UNAVAILABLE")
                    .hasMessageContaining("catalog");
            cluster.assertNothingInFlight();
        }
    }
}
