package io.remora.spring.webclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.remora.balancer.Outcome;
import io.remora.client.RequestRefusedException;
import io.remora.discovery.Endpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.JettyClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What becomes of a request over Reactor Netty. */
class WebClientExchangeTest {

    private static final String URL = "http://catalog/";
    private static final int CHUNK = 64 * 1024;
    private static final int CHUNKS = 1600; // of 64 KiB: 100 MiB
    private static final long MOST_IN_BUFFERS = 24L << 20; // of both sockets, and of both ends

    private final Shop shop = new Shop();

    @AfterEach
    void close() {
        shop.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void aRequestIsInFlightUntilItsBodyHasBeenRead(String connector) {
        Sinks.One<String> rest = Sinks.one();
        try (Pod pod = Pod.at(
                "127.0.0.2",
                "/slow",
                (request, response) -> response.sendString(Flux.concat(Mono.just("head,"), rest.asMono())))) {
            catalog(pod.endpoint());
            run(connector, client -> {
                List<String> read = new ArrayList<>();
                CountDownLatch first = new CountDownLatch(1);
                CountDownLatch done = new CountDownLatch(1);
                client.get()
                        .uri(URL + "slow")
                        .retrieve()
                        .bodyToFlux(DataBuffer.class)
                        .map(WebClientExchangeTest::text)
                        .doOnComplete(done::countDown)
                        .subscribe(text -> {
                            read.add(text);
                            first.countDown();
                        });
                await(first);
                assertThat(active()).isOne();

                rest.tryEmitValue("tail");
                await(done);
                assertThat(String.join("", read)).isEqualTo("head,tail");
                assertThat(active()).isZero();
                assertThat(shop.outcomes).containsExactly(Outcome.SUCCESS);
            });
        }
    }

    @Test
    void aResponseThatIsDroppedUnreadIsOverWithItsConnectionOverJetty() {
        try (Pod pod = Pod.at(
                "127.0.0.2",
                "/endless",
                (request, response) -> response.sendString(Flux.concat(Mono.just("head"), Mono.never())))) {
            catalog(pod.endpoint());
            ClientHttpConnectorBuilderCustomizer<JettyClientHttpConnectorBuilder> impatient =
                    builder -> builder.withHttpClientCustomizer(client -> client.setIdleTimeout(500));
            Application.in(shop)
                    .withPropertyValues("spring.http.clients.reactive.connector=jetty")
                    .withBean("impatient", ClientHttpConnectorBuilderCustomizer.class, () -> impatient)
                    .run(context -> {
                        CountDownLatch head = new CountDownLatch(1);
                        Disposable call = context.getBean(WebClient.Builder.class)
                                .build()
                                .get()
                                .uri(URL + "endless")
                                .exchangeToMono(response -> {
                                    head.countDown();
                                    return Mono.never();
                                })
                                .subscribe();
                        await(head);
                        call.dispose();
                        TestWait.until(() -> active() == 0);
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void aRequestEndsWhenItsBodyIsCancelledInTheMiddle(String connector) {
        try (Pod pod = Pod.at(
                "127.0.0.2",
                "/endless",
                (request, response) -> response.sendString(Flux.concat(Mono.just("head"), Mono.never())))) {
            catalog(pod.endpoint());
            run(connector, client -> {
                CountDownLatch first = new CountDownLatch(1);
                Disposable reading = client.get()
                        .uri(URL + "endless")
                        .retrieve()
                        .bodyToFlux(String.class)
                        .subscribe(text -> first.countDown());
                CountDownLatch head = new CountDownLatch(1);
                Disposable raw = client.get()
                        .uri(URL + "endless")
                        .retrieve()
                        .bodyToFlux(DataBuffer.class)
                        .subscribe(buffer -> {
                            DataBufferUtils.release(buffer);
                            head.countDown();
                        });
                await(head);
                assertThat(active()).isEqualTo(2);

                raw.dispose();
                reading.dispose();
                TestWait.until(() -> active() == 0);
                assertThat(shop.outcomes).containsExactly(Outcome.CANCELLED, Outcome.CANCELLED);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void aRequestEndsWhenItIsCancelledBeforeThereIsAResponse(String connector) {
        CountDownLatch arrived = new CountDownLatch(1);
        try (Pod pod = Pod.at("127.0.0.2", "/mute", (request, response) -> {
            arrived.countDown();
            return Mono.never();
        })) {
            catalog(pod.endpoint());
            run(connector, client -> {
                Disposable waiting = client.get()
                        .uri(URL + "mute")
                        .retrieve()
                        .toBodilessEntity()
                        .subscribe();
                await(arrived);
                assertThat(active()).isOne();

                waiting.dispose();
                TestWait.until(() -> active() == 0);
                assertThat(shop.outcomes).containsExactly(Outcome.CANCELLED);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void aPodThatDoesNotAnswerInTimeIsTheOneToBlame(String connector) {
        try (Pod pod = Pod.at("127.0.0.2", "/mute", (request, response) -> Mono.never())) {
            catalog(pod.endpoint());
            run(
                    connector,
                    client -> assertThatThrownBy(() -> get(client, URL + "mute"))
                            .isInstanceOf(WebClientRequestException.class),
                    "spring.http.clients.read-timeout=200ms");
            assertThat(active()).isZero();
            assertThat(shop.outcomes).containsExactly(Outcome.TIMEOUT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void theStatusSaysWhetherThePodFailed(String connector) {
        try (Pod pod = Pod.at(
                "127.0.0.2",
                "/broken",
                (request, response) -> response.status(503).sendString(Mono.just("sorry")))) {
            catalog(pod.endpoint());
            run(
                    connector,
                    client -> assertThatThrownBy(() -> get(client, URL + "broken"))
                            .isInstanceOfSatisfying(WebClientResponseException.class, e -> {
                                assertThat(e.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
                                assertThat(e.getResponseBodyAsString()).isEqualTo("sorry");
                            }));
            assertThat(active()).isZero();
            assertThat(shop.outcomes).containsExactly(Outcome.SERVER_ERROR);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void aBodyThatNobodyReadsHoldsNothing(String connector) {
        try (Pod pod = Pod.at("127.0.0.2")) {
            catalog(pod.endpoint());
            run(connector, client -> {
                client.get().uri(URL).retrieve().toBodilessEntity().block(TestWait.LIMIT);
                client.get()
                        .uri(URL)
                        .exchangeToMono(response -> Mono.just(response.statusCode()))
                        .block(TestWait.LIMIT);
                client.head().uri(URL).retrieve().toBodilessEntity().block(TestWait.LIMIT);
                TestWait.until(() -> active() == 0 && shop.outcomes.size() == 3);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void aPostGoesToAnotherPodWhenTheConnectWasRefused(String connector) throws Exception {
        try (Pod pod = Pod.at(
                "127.0.0.3",
                "/echo",
                (request, response) -> response.send(request.receive().retain()))) {
            catalog(Pod.refusing("127.0.0.2"), pod.endpoint());
            run(connector, client -> {
                AtomicInteger written = new AtomicInteger();
                Mono<String> order = Mono.fromSupplier(() -> "order " + written.incrementAndGet());
                // Spring asks for a single value before it has Jetty connect, and so for each pod.
                Publisher<String> body = "jetty".equals(connector) ? order.flux() : order;
                for (int i = 0; i < 10; i++) {
                    assertThat(client.post()
                                    .uri(URL + "echo")
                                    .body(body, String.class)
                                    .retrieve()
                                    .bodyToMono(String.class)
                                    .block(TestWait.LIMIT))
                            .isEqualTo("order " + (i + 1));
                }
                assertThat(written).hasValue(10);
            });
            assertThat(shop.outcomes).contains(Outcome.REFUSED);
            assertThat(active()).isZero();
        }
    }

    @Test
    void theSamePodIsAskedOnceMoreWhenTheConnectionWasClosedBeforeTheHeadWasSent() {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> stale =
                builder -> builder.withHttpClientCustomizer(client -> client.doOnRequest((request, connection) -> {
                    if (begun.getAndIncrement() < closed.get()) {
                        var unused = connection.channel().close();
                    }
                }));
        try (Pod pod = Pod.at(
                "127.0.0.2",
                "/echo",
                (request, response) -> response.send(request.receive().retain()))) {
            catalog(pod.endpoint());
            Application.in(shop)
                    .withBean("stale", ClientHttpConnectorBuilderCustomizer.class, () -> stale)
                    .run(context -> {
                        WebClient client =
                                context.getBean(WebClient.Builder.class).build();
                        closed.set(1);
                        assertThat(post(client, Mono.just("order"))).isEqualTo("order");
                        assertThat(shop.outcomes).containsExactly(Outcome.SUCCESS);
                        assertThat(begun).hasValue(2);

                        begun.set(0);
                        closed.set(9);
                        assertThatThrownBy(() -> post(client, Mono.just("order")))
                                .isInstanceOf(WebClientRequestException.class);
                        assertThat(begun).hasValue(2);
                        assertThat(shop.outcomes).containsExactly(Outcome.SUCCESS, Outcome.RESET);
                        assertThat(pod.hosts).hasSize(1);
                    });
            assertThat(active()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void aBodyThatFailsIsNoFailureOfThePodAndIsNotRepeated(String connector) {
        try (Pod pod = Pod.at(
                "127.0.0.2",
                "/echo",
                (request, response) -> response.send(request.receive().retain()))) {
            catalog(pod.endpoint());
            run(connector, client -> {
                AtomicInteger written = new AtomicInteger();
                for (Publisher<String> body : List.<Publisher<String>>of(
                        Mono.fromCallable(() -> {
                            written.incrementAndGet();
                            throw new IOException("Connection reset by peer"); // of what it is read from
                        }),
                        Flux.concat(
                                Mono.fromCallable(() -> "head " + written.incrementAndGet()),
                                Mono.error(new ConnectException("Connection refused"))))) {
                    assertThatThrownBy(() -> client.post()
                                    .uri(URL + "echo")
                                    .body(body, String.class)
                                    .retrieve()
                                    .bodyToMono(String.class)
                                    .block(TestWait.LIMIT))
                            .isNotNull();
                }
                assertThat(written).hasValue(2);
                TestWait.until(() -> shop.outcomes.size() == 2);
                assertThat(shop.outcomes).containsOnly(Outcome.LOCAL_ERROR);
            });
            assertThat(active()).isZero();
        }
    }

    private static String post(WebClient client, Mono<String> body) {
        return Objects.requireNonNull(client.post()
                .uri(URL + "echo")
                .body(body, String.class)
                .retrieve()
                .bodyToMono(String.class)
                .block(TestWait.LIMIT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void whereNoPodIsThereTheRequestFailsAsItWouldElsewhere(String connector) throws Exception {
        catalog(Pod.refusing("127.0.0.2"), Pod.refusing("127.0.0.3"));
        run(
                connector,
                client -> assertThatThrownBy(() -> get(client, URL))
                        .isInstanceOf(WebClientRequestException.class)
                        .hasCauseInstanceOf(ConnectException.class));
        assertThat(active()).isZero();
        assertThat(shop.outcomes).containsOnly(Outcome.REFUSED);
    }

    @Test
    void aServiceWithoutEndpointsRefusesAtOnce() {
        catalog();
        Application.run(
                shop,
                client -> assertThatThrownBy(() -> get(client, URL))
                        .isInstanceOf(WebClientRequestException.class)
                        .hasCauseInstanceOf(RequestRefusedException.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void whereARedirectLeadsIsNotThePodsFault(String connector) throws Exception {
        Endpoint nobody = Pod.refusing("127.0.0.9");
        try (Pod pod = Pod.at(
                "127.0.0.2",
                "/moved",
                (request, response) -> response.status(303)
                        .header(HttpHeaderNames.LOCATION, "http://" + nobody.hostPort() + "/")
                        .send())) {
            catalog(pod.endpoint());
            run(
                    connector,
                    client -> assertThatThrownBy(() -> client.post()
                                    .uri(URL + "moved")
                                    .bodyValue("order")
                                    .retrieve()
                                    .toBodilessEntity()
                                    .block(TestWait.LIMIT))
                            .isInstanceOf(WebClientRequestException.class));
            assertThat(pod.hosts).hasSize(1);
            assertThat(shop.outcomes).containsExactly(Outcome.SUCCESS);
            assertThat(active()).isZero();
        }
    }

    @Test
    void aRedirectToAnotherServiceSaysThatServicesHost() {
        try (Pod stock = Pod.at("127.0.0.3");
                Pod pod = Pod.at(
                        "127.0.0.2",
                        "/moved",
                        (request, response) -> response.status(302)
                                .header(HttpHeaderNames.LOCATION, "http://stock/")
                                .send())) {
            catalog(pod.endpoint());
            shop.service("stock", 80, List.of(stock.endpoint()));
            run("reactor", client -> {
                for (int i = 0; i < 3; i++) {
                    assertThat(get(client, URL + "moved")).isEqualTo(stock.name());
                }
            });
            assertThat(stock.hosts).containsOnly("stock");
            assertThat(shop.active("stock", 80)).isZero();
        }
    }

    @Test
    void aRedirectIsFollowedByTheHostThatTheApplicationKnows() {
        AtomicReference<String> authorization = new AtomicReference<>("");
        AtomicReference<String> method = new AtomicReference<>("");
        try (Pod elsewhere = Pod.at("127.0.0.9", "/foreign", (request, response) -> {
                    authorization.set(request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION));
                    return response.sendString(Mono.just("elsewhere"));
                });
                Pod pod = Pod.at(
                        "127.0.0.2",
                        Map.of(
                                "/from", (request, response) -> response.sendRedirect("/to"),
                                "/to",
                                        (request, response) -> {
                                            method.set(request.method().name() + " "
                                                    + request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION));
                                            return response.sendString(Mono.just("arrived"));
                                        },
                                "/other",
                                        (request, response) -> response.status(303)
                                                .header("Location", "/to")
                                                .send(),
                                "/away",
                                        (request, response) -> response.sendRedirect(
                                                "http://127.0.0.9:" + elsewhere.port() + "/foreign"),
                                "/round", (request, response) -> response.sendRedirect("http://catalog/round")))) {
            catalog(pod.endpoint());
            Application.run(shop, plain -> {
                WebClient client =
                        plain.mutate().defaultHeader("Authorization", "secret").build();
                assertThat(get(client, URL + "from")).isEqualTo("arrived");
                assertThat(method).hasValue("GET secret");
                assertThat(client.post()
                                .uri(URL + "other")
                                .bodyValue("body")
                                .retrieve()
                                .bodyToMono(String.class)
                                .block(TestWait.LIMIT))
                        .isEqualTo("arrived");
                assertThat(method).hasValue("GET secret");
                assertThat(pod.hosts).containsOnly("catalog");

                assertThat(get(client, URL + "away")).isEqualTo("elsewhere");
                assertThat(authorization).hasValue(null);
                assertThat(elsewhere.hosts).containsExactly("127.0.0.9:" + elsewhere.port());

                assertThat(client.get()
                                .uri(URL + "round")
                                .exchangeToMono(response -> Mono.just(response.statusCode()))
                                .block(TestWait.LIMIT))
                        .isEqualTo(HttpStatus.FOUND);
            });
            TestWait.until(() -> active() == 0);
        }
    }

    @Test
    void connectionsOfAPodAreUsedAgainAndNoThreadsAreAdded() {
        try (Pod pod = Pod.at("127.0.0.2");
                Pod other = Pod.at("127.0.0.3")) {
            catalog(pod.endpoint(), other.endpoint());
            Application.run(shop, client -> {
                TreeSet<String> answers = new TreeSet<>();
                for (int i = 0; i < 50; i++) {
                    answers.add(get(client, URL));
                }
                int threads = Thread.activeCount();
                for (int i = 0; i < 250; i++) {
                    answers.add(get(client, URL));
                }
                assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
                assertThat(answers).containsExactlyInAnyOrder(pod.name(), other.name());
                // A response is complete before its connection is in the pool again: with or without us, two take
                // turns.
                assertThat(pod.connections.get() + other.connections.get()).isBetween(2, 8);
                assertThat(pod.hosts).containsOnly("catalog");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void aBodyIsReceivedNoFasterThanItIsReadAndHoldsThePodUntilThen(String connector) {
        AtomicLong produced = new AtomicLong();
        try (Pod pod = Pod.at(
                "127.0.0.2",
                "/download",
                (request, response) -> response.send(
                        Flux.range(0, CHUNKS).map(i -> {
                            produced.addAndGet(CHUNK);
                            return Unpooled.wrappedBuffer(new byte[CHUNK]);
                        }),
                        buffer -> true))) {
            catalog(pod.endpoint());
            run(connector, client -> {
                SlowReader reader = new SlowReader();
                client.get()
                        .uri(URL + "download")
                        .retrieve()
                        .bodyToFlux(DataBuffer.class)
                        .subscribe(reader);
                awaitStanding(produced);
                assertThat(produced.get()).isLessThan(MOST_IN_BUFFERS);
                assertThat(active()).isOne();

                reader.request(Long.MAX_VALUE);
                await(reader.done);
                assertThat(reader.bytes).hasValue((long) CHUNK * CHUNKS);
                assertThat(active()).isZero();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void aBodyIsSentNoFasterThanThePodTakesIt(String connector) {
        AtomicLong produced = new AtomicLong();
        Sinks.Empty<Void> gate = Sinks.empty();
        try (Pod pod = Pod.at(
                "127.0.0.2",
                "/upload",
                (request, response) -> response.sendString(gate.asMono()
                        .then(Mono.defer(() -> request.receive()
                                .map(buffer -> (long) buffer.readableBytes())
                                .reduce(0L, Long::sum)
                                .map(String::valueOf)))))) {
            catalog(pod.endpoint());
            run(connector, client -> {
                Flux<DataBuffer> body = Flux.range(0, CHUNKS).map(i -> {
                    produced.addAndGet(CHUNK);
                    return DefaultDataBufferFactory.sharedInstance.wrap(new byte[CHUNK]);
                });
                AtomicReference<String> received = new AtomicReference<>();
                client.post()
                        .uri(URL + "upload")
                        .body(BodyInserters.fromDataBuffers(body))
                        .retrieve()
                        .bodyToMono(String.class)
                        .subscribe(received::set);
                TestWait.until(() -> produced.get() > 0);
                awaitStanding(produced);
                assertThat(produced.get()).isLessThan(MOST_IN_BUFFERS);
                assertThat(active()).isOne();

                gate.tryEmitEmpty();
                TestWait.until(() -> received.get() != null);
                assertThat(received).hasValue(String.valueOf((long) CHUNK * CHUNKS));
                assertThat(active()).isZero();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reactor", "jetty"})
    void aRollingUpdateUnderLoadFailsNoRequest(String connector) {
        List<Pod> pods = new ArrayList<>(List.of(Pod.at("127.0.0.2"), Pod.at("127.0.0.3"), Pod.at("127.0.0.4")));
        catalog(endpoints(pods));
        run(connector, client -> {
            AtomicInteger good = new AtomicInteger();
            List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
            AtomicBoolean enough = new AtomicBoolean();
            Disposable load = Flux.range(0, Integer.MAX_VALUE)
                    .takeWhile(i -> !enough.get())
                    .flatMap(
                            i -> client.get()
                                    .uri(URL)
                                    .retrieve()
                                    .bodyToMono(String.class)
                                    .doOnNext(text -> good.incrementAndGet())
                                    .onErrorResume(problem -> {
                                        failures.add(problem);
                                        return Mono.empty();
                                    }),
                            8)
                    .subscribe();
            for (int i = 0; i < 3; i++) {
                int before = good.get();
                TestWait.until(() -> good.get() > before + 100);
                Pod old = pods.remove(0);
                Endpoint leaving = old.endpoint();
                var state = Objects.requireNonNull(shop.balancer("catalog", 80).state(leaving));
                pods.add(Pod.at("127.0.0." + (5 + i)));
                catalog(endpoints(pods));
                TestWait.until(() -> state.active() == 0);
                old.close();
            }
            int before = good.get();
            TestWait.until(() -> good.get() > before + 100);
            // Ended and not cancelled: Jetty answers a cancel with an error, which is no failed request.
            enough.set(true);
            TestWait.until(load::isDisposed);
            assertThat(failures).isEmpty();
            TestWait.until(() -> active() == 0);
        });
        pods.forEach(Pod::close);
    }

    @Test
    void aHeaderOfTheRequestChoosesThePodWhereTheServiceIsHashedByIt() {
        try (Pod pod = Pod.at("127.0.0.2");
                Pod other = Pod.at("127.0.0.3");
                Pod third = Pod.at("127.0.0.4")) {
            shop.service(
                    "catalog",
                    80,
                    List.of(pod.endpoint(), other.endpoint(), third.endpoint()),
                    Map.of("remora.io/policy", "maglev", "remora.io/hash-on", "header:x-cart"));
            Application.run(shop, client -> {
                TreeSet<String> all = new TreeSet<>();
                for (int cart = 0; cart < 20; cart++) {
                    TreeSet<String> answers = new TreeSet<>();
                    for (int i = 0; i < 5; i++) {
                        answers.add(client.get()
                                .uri(URL)
                                .header("X-Cart", "cart-" + cart)
                                .retrieve()
                                .bodyToMono(String.class)
                                .block(TestWait.LIMIT));
                    }
                    assertThat(answers).hasSize(1);
                    all.addAll(answers);
                }
                assertThat(all).hasSize(3);
            });
        }
    }

    private void run(String connector, Consumer<WebClient> work, String... properties) {
        String[] all = Arrays.copyOf(properties, properties.length + 1);
        all[properties.length] = "spring.http.clients.reactive.connector=" + connector;
        Application.run(shop, work, all);
    }

    private void catalog(Endpoint... endpoints) {
        shop.service("catalog", 80, List.of(endpoints));
    }

    private static Endpoint[] endpoints(List<Pod> pods) {
        return pods.stream().map(Pod::endpoint).toArray(Endpoint[]::new);
    }

    private int active() {
        return shop.active("catalog", 80);
    }

    private static String get(WebClient client, String url) {
        return Objects.requireNonNull(
                client.get().uri(url).retrieve().bodyToMono(String.class).block(TestWait.LIMIT));
    }

    private static String text(DataBuffer buffer) {
        String text = buffer.toString(java.nio.charset.StandardCharsets.UTF_8);
        DataBufferUtils.release(buffer);
        return text;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(TestWait.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Until it has not grown for half a second. */
    private static void awaitStanding(AtomicLong produced) {
        AtomicLong seen = new AtomicLong(-1);
        AtomicLong since = new AtomicLong(System.nanoTime());
        TestWait.until(() -> {
            long now = produced.get();
            if (now != seen.getAndSet(now)) {
                since.set(System.nanoTime());
            }
            return now > 0 && System.nanoTime() - since.get() > 500_000_000L;
        });
    }

    /** Takes one buffer, and the others when it is told to. */
    private static final class SlowReader extends BaseSubscriber<DataBuffer> {
        final AtomicLong bytes = new AtomicLong();
        final CountDownLatch done = new CountDownLatch(1);

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            request(1);
        }

        @Override
        protected void hookOnNext(DataBuffer buffer) {
            bytes.addAndGet(buffer.readableByteCount());
            DataBufferUtils.release(buffer);
        }

        @Override
        protected void hookOnComplete() {
            done.countDown();
        }
    }
}
