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
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pods have addresses, and their certificate has the Service's name. */
@Timeout(60)
class GrpcTlsTest {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path folder;

    @Test
    void verifiesTheNameOfTheService() throws Exception {
        KeyStore keys = certificate("dns:catalog.shop");
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        ServerCredentials server = TlsServerCredentials.newBuilder()
                .keyManager(own.getKeyManagers())
                .build();
        ChannelCredentials client = TlsChannelCredentials.newBuilder()
                .trustManager(trusted.getTrustManagers())
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

    private KeyStore certificate(String name) throws Exception {
        Path file = folder.resolve("keys.p12");
        Path output = folder.resolve("keytool.txt");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "pod",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=pod",
                        "-ext",
                        "san=" + name,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).as(Files.readString(output)).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        // The key's own certificate is trusted by itself.
        keys.setCertificateEntry("trusted", keys.getCertificate("pod"));
        return keys;
    }
}
