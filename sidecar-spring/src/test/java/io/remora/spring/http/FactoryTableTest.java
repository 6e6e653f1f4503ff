package io.remora.spring.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import io.remora.balancer.Outcome;
import io.remora.client.RequestRefusedException;
import io.remora.internal.TestCertificate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.http.client.FilteredHostException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** Which request factory balances which scheme, and that nothing else of a call changes: the table of the documentation. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class FactoryTableTest {

    @TempDir
    private static Path folder;

    private static TestCertificate certificates;
    private static TestCertificate others;
    private static List<Pod> plain = List.of();
    private static List<Pod> secure = List.of();
    private static Pod mistaken;

    @BeforeAll
    static void start() throws Exception {
        certificates = TestCertificate.of("dns:catalog.shop", folder);
        others = TestCertificate.of("dns:orders.shop", folder);
        plain = List.of(Pod.plain("127.0.0.2"), Pod.plain("127.0.0.3"), Pod.plain("127.0.0.4"));
        secure = List.of(
                Pod.secure("127.0.0.2", certificates.serverContext()),
                Pod.secure("127.0.0.3", certificates.serverContext()),
                Pod.secure("127.0.0.4", certificates.serverContext()));
        mistaken = Pod.secure("127.0.0.5", others.serverContext());
    }

    @AfterAll
    static void stop() {
        plain.forEach(Pod::close);
        secure.forEach(Pod::close);
        mistaken.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "REACTOR", "JETTY"})
    void balancesHttpAndKeepsTheHost(Factory factory) {
        plain.forEach(pod -> pod.seen.clear());
        try (Cluster cluster = Cluster.of(plain, secure)) {
            RestClient client = client(factory, cluster, HttpClientSettings.defaults());
            for (String host : List.of("catalog", "catalog.shop", "catalog.shop.svc.cluster.local")) {
                for (int i = 0; i < 10; i++) {
                    assertThat(get(client, "http://" + host + "/hello")).startsWith("hello from 127.0.0.");
                }
            }

            assertThat(plain).allSatisfy(pod -> assertThat(pod.seen).isNotEmpty());
            assertThat(plain.stream().flatMap(pod -> pod.seen.stream()).map(Pod.Seen::host))
                    .hasSize(30)
                    .containsOnly("catalog", "catalog.shop", "catalog.shop.svc.cluster.local");
            assertThat(cluster.inFlight(80, plain)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "REACTOR", "JETTY"})
    void balancesHttpsUnderTheNameOfTheService(Factory factory) throws Exception {
        secure.forEach(pod -> pod.seen.clear());
        try (Cluster cluster = Cluster.of(plain, secure)) {
            RestClient client =
                    client(factory, cluster, HttpClientSettings.defaults().withSslBundle(trusting(certificates)));
            for (int i = 0; i < 30; i++) {
                assertThat(get(client, "https://catalog.shop/hello")).startsWith("hello from 127.0.0.");
            }

            assertThat(secure)
                    .allSatisfy(pod -> assertThat(pod.seen)
                            .isNotEmpty()
                            .allSatisfy(seen -> assertThat(seen.host()).isEqualTo("catalog.shop"))
                            .allSatisfy(seen -> assertThat(seen.sni()).containsExactly("catalog.shop")));
            assertThat(cluster.inFlight(443, secure)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "REACTOR", "JETTY"})
    void aPodWithTheCertificateOfAnotherNameGetsNoRequest(Factory factory) throws Exception {
        try (Cluster cluster = Cluster.of(plain, List.of(mistaken))) {
            RestClient client =
                    client(factory, cluster, HttpClientSettings.defaults().withSslBundle(trusting(others)));

            assertThatThrownBy(() -> get(client, "https://catalog.shop/hello"))
                    .isInstanceOf(ResourceAccessException.class)
                    .rootCause()
                    .hasMessageContaining("catalog.shop");
            assertThat(mistaken.seen).isEmpty();
            assertThat(cluster.outcomes).containsExactly(Outcome.UNREACHABLE);
            assertThat(cluster.inFlight(443, List.of(mistaken))).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "REACTOR", "JETTY"})
    void whereOnePodHasAnotherCertificateTheRequestGoesToTheNext(Factory factory) throws Exception {
        secure.forEach(pod -> pod.seen.clear());
        List<Pod> pods = List.of(mistaken, secure.get(0));
        try (Cluster cluster = Cluster.of(plain, pods)) {
            RestClient client =
                    client(factory, cluster, HttpClientSettings.defaults().withSslBundle(trusting(certificates)));
            for (int i = 0; i < 20; i++) {
                String answer = client.post()
                        .uri("https://catalog.shop/up")
                        .body("body")
                        .retrieve()
                        .body(String.class);
                assertThat(answer).startsWith("hello from 127.0.0.2");
            }

            assertThat(mistaken.seen).isEmpty();
            assertThat(secure.get(0).seen)
                    .hasSize(20)
                    .allSatisfy(seen -> assertThat(seen.bodyLength()).isEqualTo(4));
            assertThat(cluster.outcomes).contains(Outcome.UNREACHABLE).doesNotContain(Outcome.LOCAL_ERROR);
            assertThat(cluster.inFlight(443, pods)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"JDK", "SIMPLE"})
    void keepsTheClusterIpAndSaysSoOnce(Factory factory, CapturedOutput output) {
        List<Pod> pods = List.of(plain.get(0));
        pods.get(0).seen.clear();
        try (Cluster cluster = Cluster.of(pods, secure)) {
            RestClient client = client(factory, cluster, HttpClientSettings.defaults());
            for (String url : List.of("http://catalog.shop/hello", "https://catalog.shop/hello")) {
                // Nobody resolves the name here: where it does, it is the ClusterIP.
                assertThatThrownBy(() -> get(client, url)).isInstanceOf(ResourceAccessException.class);
            }

            assertThat(pods.get(0).seen).isEmpty();
            assertThat(output.getOut().split("requests keep the ClusterIP", -1)).hasSize(2);
            assertThat(output.getOut()).contains("org.apache.httpcomponents.client5:httpclient5");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHostThatIsNoServiceIsLeftAlone(Factory factory, CapturedOutput output) throws IOException {
        Pod elsewhere = plain.get(0);
        try (Cluster cluster = Cluster.of(plain, secure)) {
            RestClient client = client(factory, cluster, HttpClientSettings.defaults());

            assertThat(get(client, "http://" + elsewhere.hostPort() + "/hello"))
                    .isEqualTo("hello from " + elsewhere.hostPort());
            try (Pod local = Pod.plain("127.0.0.1")) { // a Service could be called localhost, and none is
                assertThat(get(client, "http://localhost:" + local.endpoint().port() + "/hello"))
                        .isEqualTo("hello from " + local.hostPort());
            }
            assertThat(cluster.outcomes).isEmpty();
            assertThat(output.getOut()).doesNotContain("requests keep the ClusterIP");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "REACTOR", "JETTY"})
    void aServiceWithoutEndpointsRefuses(Factory factory) {
        try (Cluster cluster = Cluster.of(List.of(), secure)) {
            RestClient client = client(factory, cluster, HttpClientSettings.defaults());

            assertThatThrownBy(() -> get(client, "http://catalog.shop/hello"))
                    .isInstanceOf(ResourceAccessException.class)
                    .hasCauseInstanceOf(RequestRefusedException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "REACTOR", "JETTY"})
    void aRedirectKeepsTheHost(Factory factory) {
        plain.forEach(pod -> pod.seen.clear());
        try (Cluster cluster = Cluster.of(plain, secure)) {
            RestClient client = client(factory, cluster, HttpClientSettings.defaults());

            assertThat(get(client, "http://catalog.shop/moved")).startsWith("hello from 127.0.0.");
            assertThat(plain.stream().flatMap(pod -> pod.seen.stream()))
                    .extracting(Pod.Seen::path, Pod.Seen::host)
                    .containsExactlyInAnyOrder(tuple("/moved", "catalog.shop"), tuple("/arrived", "catalog.shop"));
            assertThat(cluster.inFlight(80, plain)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EXCLUDE, names = "SIMPLE") // which knows no filter
    void aFilterOfAddressesIsNotPassedBy(Factory factory) {
        List<Pod> pods = List.of(plain.get(0));
        pods.get(0).seen.clear();
        try (Cluster cluster = Cluster.of(pods, secure)) {
            RestClient client = client(
                    factory,
                    cluster,
                    HttpClientSettings.defaults().withInetAddressFilter(InetAddressFilter.externalAddresses()));

            assertThatThrownBy(() -> get(client, "http://catalog.shop/hello"))
                    .isInstanceOfAny(ResourceAccessException.class, FilteredHostException.class);
            assertThat(pods.get(0).seen).isEmpty();
        }
    }

    private static SslBundle trusting(TestCertificate certificate) throws Exception {
        return SslBundle.of(SslStoreBundle.of(null, null, certificate.trusted()));
    }

    static RestClient client(Factory factory, Cluster cluster, HttpClientSettings settings) {
        return RestClient.builder()
                .requestFactory(BalancedFactoryBuilder.of(factory.builder(), cluster.requests())
                        .build(settings))
                .build();
    }

    private static String get(RestClient client, String url) {
        String text = client.get().uri(url).retrieve().body(String.class);
        return text == null ? "" : text;
    }
}
