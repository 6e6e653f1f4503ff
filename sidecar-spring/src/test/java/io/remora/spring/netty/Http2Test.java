package io.remora.spring.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.remora.balancer.Outcome;
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
import io.remora.internal.TestCertificate;
import io.remora.spring.http.BalancedFactoryBuilder;
import io.remora.spring.webclient.RemoraWebClientAutoConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider;

/**
 * Reactor Netty over HTTP/2, with TLS or by prior knowledge without, to a pod that does not process requests and to one that
 * does.
 */
@Timeout(120)
@ParameterizedClass
@ValueSource(booleans = {false, true})
class Http2Test {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final ServicePort PORT = ServicePort.tcp("http", 80);

    @TempDir
    private static Path folder;

    private static TestCertificate certificate;
    private static TrustManagerFactory trusted;

    private static final int REQUESTS = 20;

    @Parameter
    private boolean tls;

    private final Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unprocessed = new AtomicInteger();
    private Answer answer = Answer.REFUSED_STREAM;
    private DisposableServer well;
    private DisposableServer other;
    private Remora remora;

    /** How a pod answers a request. */
    enum Answer {
        REFUSED_STREAM(Outcome.REFUSED),
        GOAWAY(Outcome.CANCELLED),
        CANCEL(Outcome.RESET);

        private final Outcome outcome;

        Answer(Outcome outcome) {
            this.outcome = outcome;
        }

        void write(Channel stream) {
            if (this == GOAWAY) {
                Http2FrameCodec codec = stream.parent().pipeline().get(Http2FrameCodec.class);
                ChannelHandlerContext context = stream.parent().pipeline().context(codec);
                var unused = codec.encoder()
                        .frameWriter()
                        .writeGoAway(
                                context, 0, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, context.newPromise());
                context.flush();
            } else {
                var unused = stream.writeAndFlush(
                        new DefaultHttp2ResetFrame(this == CANCEL ? Http2Error.CANCEL : Http2Error.REFUSED_STREAM));
            }
        }
    }

    @BeforeAll
    static void certificate() throws Exception {
        certificate = TestCertificate.of("dns:catalog.shop", folder);
        trusted = certificate.client();
    }

    @BeforeEach
    void start() {
        well = server("127.0.0.2")
                .handle((request, response) -> response.sendString(request.receive()
                        .aggregate()
                        .asString()
                        .defaultIfEmpty("")
                        .map(body -> request.version().text() + " " + body)))
                .bindNow(LIMIT);
        other = server("127.0.0.3")
                .handle((request, response) -> {
                    unprocessed.incrementAndGet();
                    response.withConnection(connection -> {
                        Channel channel = connection.channel();
                        channel.eventLoop().execute(() -> answer.write(channel));
                    });
                    return Mono.never();
                })
                .bindNow(LIMIT);
        remora = Remora.builder(
                        RemoraConfig.DEFAULT,
                        new ServiceNames("shop", ServiceNames.DEFAULT_CLUSTER_DOMAIN),
                        new StaticDiscoverySource(List.of(new ServiceSnapshot(
                                new ServiceId("shop", "catalog"),
                                ServiceSpec.builder()
                                        .clusterIps(List.of(IpAddress.parse("10.96.0.10")))
                                        .ports(List.of(PORT))
                                        .annotations(Map.of("remora.io/policy", "round-robin"))
                                        .build(),
                                Map.of(PORT.key(), List.of(endpoint(well), endpoint(other))),
                                null))))
                .outcomeListener((endpoint, outcome) -> outcomes.add(outcome))
                .build();
        remora.start();
        Awaitility.await().until(() -> remora.registry().snapshot().synced());
    }

    private HttpServer server(String host) {
        HttpServer server = HttpServer.create().host(host).port(0);
        return tls
                ? server.protocol(HttpProtocol.H2)
                        .secure(spec -> spec.sslContext((SslProvider.GenericSslContextSpec<?>)
                                Http2SslContextSpec.forServer(certificate.server())))
                : server.protocol(HttpProtocol.H2C);
    }

    private HttpClient client(HttpClient client) {
        return tls
                ? client.protocol(HttpProtocol.H2).secure(spec -> spec.sslContext(trusting()))
                : client.protocol(HttpProtocol.H2C);
    }

    private static SslProvider.GenericSslContextSpec<?> trusting() {
        return Http2SslContextSpec.forClient().configure(context -> context.trustManager(trusted));
    }

    private String url() {
        return tls ? "https://catalog.shop:80/" : "http://catalog.shop/";
    }

    @AfterEach
    void stop() {
        remora.close();
        well.disposeNow(LIMIT);
        other.disposeNow(LIMIT);
    }

    private static Endpoint endpoint(DisposableServer server) {
        return Endpoint.ready(IpAddress.parse(server.host()), server.port());
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSED_STREAM", "GOAWAY"})
    void webClientTriesAnotherPodAfterTheWordThatNothingWasProcessed(Answer said) {
        answer = said;
        webClient(client -> {
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(client.get()
                                .uri(url())
                                .retrieve()
                                .bodyToMono(String.class)
                                .block(LIMIT))
                        .startsWith("HTTP/2.0");
            }
        });
        assertThat(unprocessed).hasPositiveValue();
        assertThat(outcomes).contains(said.outcome, Outcome.SUCCESS).doesNotContain(Outcome.RESET);
    }

    @Test
    void webClientTriesNoOtherPodWhereTheRequestMayHaveBeenProcessedOrItsBodyWasRead() {
        webClient(client -> {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 4; i++) {
                            client.post()
                                    .uri(url())
                                    .bodyValue("body")
                                    .retrieve()
                                    .bodyToMono(String.class)
                                    .block(LIMIT);
                        }
                    })
                    .isInstanceOf(WebClientRequestException.class);
            answer = Answer.CANCEL;
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 4; i++) {
                            client.get()
                                    .uri(url())
                                    .retrieve()
                                    .bodyToMono(String.class)
                                    .block(LIMIT);
                        }
                    })
                    .isInstanceOf(WebClientRequestException.class);
        });
        assertThat(unprocessed).hasValue(2);
        assertThat(outcomes).contains(Outcome.RESET).doesNotContain(Outcome.REFUSED);
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSED_STREAM", "GOAWAY"})
    void restClientTriesAnotherPodWithTheSameBody(Answer said) {
        answer = said;
        RestClient client = restClient();
        for (int i = 0; i < REQUESTS; i++) {
            assertThat(Objects.requireNonNull(
                            client.post().uri(url()).body("body").retrieve().body(String.class)))
                    .isEqualTo("HTTP/2.0 body");
        }
        assertThat(unprocessed).hasPositiveValue();
        assertThat(outcomes).contains(said.outcome, Outcome.SUCCESS).doesNotContain(Outcome.RESET);
    }

    @Test
    void restClientTriesNoOtherPodWhereTheRequestMayHaveBeenProcessed() {
        answer = Answer.CANCEL;
        RestClient client = restClient();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 4; i++) {
                        client.get().uri(url()).retrieve().body(String.class);
                    }
                })
                .isInstanceOf(ResourceAccessException.class);
        assertThat(unprocessed).hasValue(1);
        assertThat(outcomes).contains(Outcome.RESET);
    }

    private RestClient restClient() {
        return RestClient.builder()
                .requestFactory(BalancedFactoryBuilder.of(
                                ClientHttpRequestFactoryBuilder.reactor().withHttpClientCustomizer(this::client),
                                remora.requests())
                        .build(HttpClientSettings.defaults()))
                .build();
    }

    private void webClient(Consumer<WebClient> work) {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        SslAutoConfiguration.class,
                        HttpClientAutoConfiguration.class,
                        ReactiveHttpClientAutoConfiguration.class,
                        WebClientAutoConfiguration.class,
                        RemoraWebClientAutoConfiguration.class))
                .withBean(io.remora.client.RequestBalancer.class, () -> remora.requests())
                .withBean(
                        ClientHttpConnectorBuilder.class,
                        () -> ClientHttpConnectorBuilder.reactor().withHttpClientCustomizer(this::client))
                .run(context ->
                        work.accept(context.getBean(WebClient.Builder.class).build()));
    }
}
