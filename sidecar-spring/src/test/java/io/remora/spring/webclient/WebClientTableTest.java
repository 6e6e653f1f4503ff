package io.remora.spring.webclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remora.balancer.Outcome;
import io.remora.internal.TestCertificate;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * Which connector sends to pods, by scheme. The Service is called {@code localhost}: what DNS has for that is the ClusterIP
 * here.
 */
@ExtendWith(OutputCaptureExtension.class)
class WebClientTableTest {

    private static final String FULL_NAME = "localhost.shop.svc.cluster.local";

    @TempDir
    static Path folder;

    private static TestCertificate right;
    private static TestCertificate full;
    private static TestCertificate wrong;

    private final Shop shop = new Shop();

    @BeforeAll
    static void makeCertificates() throws Exception {
        right = TestCertificate.of("dns:localhost", folder);
        full = TestCertificate.of("dns:" + FULL_NAME, folder);
        wrong = TestCertificate.of("dns:other.example", folder);
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @ParameterizedTest
    @CsvSource({
        "reactor,http,true",
        "reactor,https,true",
        "jdk,http,false",
        "jdk,https,false",
        "jetty,http,true",
        "jetty,https,true",
        "http-components,http,false",
        "http-components,https,false"
    })
    void theHostStaysAndTheConnectionGoesToThePodWhereTheClientCan(
            String connector, String scheme, boolean toPod, CapturedOutput output) {
        boolean tls = "https".equals(scheme);
        try (Pod clusterIp = tls ? Pod.secure("127.0.0.1", right) : Pod.at("127.0.0.1");
                Pod pod = tls ? Pod.secure("127.0.0.2", right) : Pod.at("127.0.0.2")) {
            shop.service("localhost", clusterIp.port(), List.of(pod.endpoint()));

            run(connector, right, client -> {
                String url = scheme + "://localhost:" + clusterIp.port() + "/";
                assertThat(get(client, url)).isEqualTo(toPod ? pod.name() : clusterIp.name());
                assertThat(get(client, url)).isEqualTo(toPod ? pod.name() : clusterIp.name());
                assertThat(toPod ? pod.hosts : clusterIp.hosts).containsOnly("localhost:" + clusterIp.port());
            });

            assertThat(output.toString().split("requests keep the ClusterIP", -1))
                    .hasSize(toPod ? 1 : 2);
            assertThat(shop.active("localhost", clusterIp.port())).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void theNameOfTheServiceIsInTlsSniAndTheDefaultPortIsNotInTheHostHeader(String connector) {
        try (Pod pod = Pod.secure("127.0.0.2", full)) {
            shop.service("localhost", 443, List.of(pod.endpoint()));

            run(connector, full, client -> {
                assertThat(get(client, "https://" + FULL_NAME + "/")).isEqualTo(pod.name());
                assertThat(pod.hosts).containsExactly(FULL_NAME);
                assertThat(pod.serverNames).containsExactly(FULL_NAME);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void aCertificateOfAnotherNameIsNotTaken(String connector) {
        try (Pod pod = Pod.secure("127.0.0.2", wrong)) {
            shop.service("localhost", 443, List.of(pod.endpoint()));

            run(connector, wrong, client -> {
                assertThatThrownBy(() -> get(client, "https://" + FULL_NAME + "/"))
                        .isInstanceOf(WebClientRequestException.class)
                        .hasStackTraceContaining("No subject alternative DNS name matching " + FULL_NAME);
                assertThat(pod.hosts).isEmpty();
                assertThat(shop.active("localhost", 443)).isZero();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void whereOnePodHasAnotherCertificateTheRequestGoesToTheNext(String connector) {
        try (Pod mistaken = Pod.secure("127.0.0.2", wrong);
                Pod pod = Pod.secure("127.0.0.3", full)) {
            shop.service("localhost", 443, List.of(mistaken.endpoint(), pod.endpoint()));

            run(connector, full, client -> {
                for (int i = 0; i < 20; i++) {
                    assertThat(get(client, "https://" + FULL_NAME + "/")).isEqualTo(pod.name());
                }
                assertThat(mistaken.hosts).isEmpty();
                assertThat(shop.outcomes).contains(Outcome.UNREACHABLE);
                TestWait.until(() -> shop.active("localhost", 443) == 0);
            });
        }
    }

    @Test
    void aCertificateThatNobodyVouchesForIsNotTaken() {
        try (Pod pod = Pod.secure("127.0.0.2", full)) {
            shop.service("localhost", 443, List.of(pod.endpoint()));

            Application.run(
                    shop,
                    client -> assertThatThrownBy(() -> get(client, "https://" + FULL_NAME + "/"))
                            .hasStackTraceContaining("unable to find valid certification path"));
            assertThat(pod.hosts).isEmpty();
        }
    }

    private void run(String connector, TestCertificate trusted, java.util.function.Consumer<WebClient> work) {
        Application.run(
                shop,
                work,
                "spring.http.clients.reactive.connector=" + connector,
                "spring.http.clients.ssl.bundle=pods",
                "spring.ssl.bundle.jks.pods.truststore.location=file:" + trusted.file(),
                "spring.ssl.bundle.jks.pods.truststore.password=" + TestCertificate.PASSWORD,
                "spring.ssl.bundle.jks.pods.truststore.type=PKCS12");
    }

    private static String get(WebClient client, String url) {
        return java.util.Objects.requireNonNull(
                client.get().uri(url).retrieve().bodyToMono(String.class).block(TestWait.LIMIT));
    }
}
