package io.remora.spring.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remora.balancer.Outcome;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.HttpHeaders;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Life of a balanced call, of each request factory that can balance: its body, its end, its retries. */
@Timeout(120)
class CallTest {

    private static final long LARGE = 100L << 20;

    /** What sockets and clients may hold of a stream; the whole of it is many times that. */
    private static final long BUFFERED = 24L << 20;

    private static final String URL = "http://catalog.shop";

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "REACTOR", "JETTY"})
    void anUploadIsStreamed(Factory factory) throws IOException {
        try (Pod pod = Pod.plain("127.0.0.2");
                Cluster cluster = Cluster.of(List.of(pod), List.of())) {
            AtomicLong ahead = new AtomicLong();
            String answer = client(factory, cluster)
                    .post()
                    .uri(URL + "/up")
                    .header(HttpHeaders.CONTENT_LENGTH, String.valueOf(LARGE))
                    .body((StreamingHttpOutputMessage.Body) out -> {
                        byte[] bytes = new byte[Pod.CHUNK];
                        for (long sent = 0; sent < LARGE; sent += Pod.CHUNK) {
                            out.write(bytes);
                            long gap = sent + Pod.CHUNK - pod.received.get();
                            ahead.accumulateAndGet(gap, Math::max);
                        }
                    })
                    .retrieve()
                    .body(String.class);

            assertThat(answer).startsWith("hello");
            assertThat(pod.seen)
                    .singleElement()
                    .satisfies(seen -> assertThat(seen.bodyLength()).isEqualTo(LARGE));
            assertThat(ahead.get()).isLessThan(BUFFERED);
            assertThat(cluster.inFlight(80, List.of(pod))).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "REACTOR", "JETTY"})
    void aDownloadIsStreamedAndInFlightToItsEnd(Factory factory) throws IOException {
        try (Pod pod = Pod.plain("127.0.0.2");
                Cluster cluster = Cluster.of(List.of(pod), List.of())) {
            AtomicLong ahead = new AtomicLong();
            Long length = client(factory, cluster)
                    .get()
                    .uri(URL + "/large?" + LARGE)
                    .exchange((request, response) -> {
                        InputStream body = response.getBody();
                        byte[] bytes = new byte[Pod.CHUNK];
                        long total = 0;
                        for (int count = body.read(bytes); count >= 0; count = body.read(bytes)) {
                            total += count;
                            ahead.accumulateAndGet(pod.written.get() - total, Math::max);
                            if (total < LARGE) {
                                assertThat(cluster.inFlight(80, List.of(pod))).isEqualTo(1);
                            }
                        }
                        assertThat(cluster.inFlight(80, List.of(pod))).isZero();
                        return total;
                    });

            assertThat(length).isEqualTo(LARGE);
            assertThat(ahead.get()).isLessThan(BUFFERED);
            assertThat(cluster.outcomes).containsExactly(Outcome.SUCCESS);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "REACTOR", "JETTY"})
    void aBodyThatIsNotReadToItsEndEndsWithItsClose(Factory factory) throws IOException {
        try (Pod pod = Pod.plain("127.0.0.2");
                Cluster cluster = Cluster.of(List.of(pod), List.of())) {
            client(factory, cluster).get().uri(URL + "/gated").exchange((request, response) -> {
                assertThat(response.getBody().read()).isEqualTo('a');
                assertThat(cluster.inFlight(80, List.of(pod))).isEqualTo(1);
                pod.gate.countDown(); // some clients read the rest when they close
                return "";
            });

            assertThat(cluster.inFlight(80, List.of(pod))).isZero();
            assertThat(cluster.outcomes).singleElement().isIn(Outcome.CANCELLED, Outcome.SUCCESS);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "REACTOR", "JETTY"})
    void anErrorABreakAndAnEmptyAnswerEndTheCall(Factory factory) throws IOException {
        try (Pod pod = Pod.plain("127.0.0.2");
                Cluster cluster = Cluster.of(List.of(pod), List.of())) {
            RestClient client = client(factory, cluster);

            assertThatThrownBy(() -> client.get().uri(URL + "/sick").retrieve().toBodilessEntity())
                    .isInstanceOf(HttpServerErrorException.InternalServerError.class);
            client.get().uri(URL + "/empty").retrieve().toBodilessEntity();
            assertThatThrownBy(() -> client.get().uri(URL + "/half").retrieve().body(byte[].class))
                    .isNotNull();

            assertThat(cluster.inFlight(80, List.of(pod))).isZero();
            client.get().uri(URL + "/").retrieve().body(String.class); // reads what was announced, and no further

            assertThat(cluster.outcomes)
                    .containsExactly(Outcome.SERVER_ERROR, Outcome.SUCCESS, Outcome.RESET, Outcome.SUCCESS);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "REACTOR", "JETTY"})
    void aPodThatRefusesIsPassedOverAndTheBodyIsThereForTheNext(Factory factory) throws IOException {
        try (Pod pod = Pod.plain("127.0.0.2");
                Cluster cluster = new Cluster(List.of(refusing(), pod.endpoint()), List.of())) {
            RestClient client = client(factory, cluster);
            for (int i = 0; i < 20; i++) {
                AtomicInteger writes = new AtomicInteger();
                String answer = client.post()
                        .uri(URL + "/up")
                        .body((StreamingHttpOutputMessage.Body) out -> {
                            writes.incrementAndGet();
                            write(out);
                        })
                        .retrieve()
                        .body(String.class);
                assertThat(answer).startsWith("hello");
                assertThat(writes).hasValue(1);
            }

            assertThat(pod.seen)
                    .hasSize(20)
                    .allSatisfy(seen -> assertThat(seen.bodyLength()).isEqualTo(4));
            assertThat(cluster.outcomes).contains(Outcome.REFUSED);
            assertThat(cluster.inFlight(80, List.of(pod))).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "REACTOR", "JETTY"})
    void whereARedirectLeadsIsNeitherThePodsFaultNorRepeated(Factory factory) throws IOException {
        try (Pod pod = Pod.plain("127.0.0.2");
                Pod other = Pod.plain("127.0.0.3");
                Pod elsewhere = Pod.plain("127.0.0.4");
                Cluster cluster = Cluster.of(List.of(pod, other), List.of())) {
            RestClient client = client(factory, cluster);
            for (String target :
                    List.of("http://" + refusing().hostPort() + "/", "http://" + elsewhere.hostPort() + "/sick")) {
                assertThatThrownBy(() -> client.post()
                                .uri(URL + "/see?" + target)
                                .body("order")
                                .retrieve()
                                .toBodilessEntity())
                        .isInstanceOf(RestClientException.class);
            }
            assertThat(client.post()
                            .uri(URL + "/see?http://" + elsewhere.hostPort() + "/")
                            .body("order")
                            .retrieve()
                            .body(String.class))
                    .isEqualTo("hello from " + elsewhere.hostPort());

            assertThat(Stream.of(pod, other).flatMap(each -> each.seen.stream()).map(Pod.Seen::path))
                    .containsExactly("/see", "/see", "/see");
            assertThat(cluster.outcomes).hasSize(3).containsOnly(Outcome.SUCCESS);
            assertThat(cluster.inFlight(80, List.of(pod, other))).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "REACTOR", "JETTY"})
    void podsAreReplacedUnderLoadWithoutAFailedRequest(Factory factory) throws Exception {
        List<Pod> all = new ArrayList<>();
        ExecutorService callers = Executors.newFixedThreadPool(4);
        try {
            List<Pod> live =
                    new ArrayList<>(List.of(Pod.plain("127.0.0.2"), Pod.plain("127.0.0.3"), Pod.plain("127.0.0.4")));
            all.addAll(live);
            try (Cluster cluster = Cluster.of(live, List.of())) {
                RestClient client = client(factory, cluster);
                Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
                AtomicBoolean going = new AtomicBoolean(true);
                AtomicInteger done = new AtomicInteger();
                for (int i = 0; i < 4; i++) {
                    callers.execute(() -> {
                        while (going.get()) {
                            try {
                                client.get().uri(URL + "/hello").retrieve().body(String.class);
                            } catch (RuntimeException e) {
                                failures.add(e);
                            }
                            done.incrementAndGet();
                        }
                    });
                }
                for (int i = 0; i < 3; i++) {
                    Pod next = Pod.plain("127.0.0." + (5 + i));
                    all.add(next);
                    Pod old = live.remove(0);
                    live.add(next);
                    cluster.update(Cluster.endpoints(live));
                    int before = done.get();
                    // What began before the change has ended.
                    Awaitility.await().until(() -> done.get() > before + 8);
                    old.drain();
                }
                int before = done.get();
                Awaitility.await().until(() -> done.get() > before + 30);
                going.set(false);
                callers.shutdown();
                assertThat(callers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

                assertThat(failures).isEmpty();
                assertThat(live).allSatisfy(pod -> assertThat(pod.seen).isNotEmpty());
                assertThat(cluster.inFlight(80, live)).isZero();
            }
        } finally {
            callers.shutdownNow();
            all.forEach(Pod::close);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_COMPONENTS", "REACTOR", "JETTY"})
    void aBodyThatCannotBeWrittenIsNoFailureOfThePodAndIsNotRepeated(Factory factory) throws IOException {
        try (Pod pod = Pod.plain("127.0.0.2");
                Pod other = Pod.plain("127.0.0.3");
                Cluster cluster = Cluster.of(List.of(pod, other), List.of())) {
            RestClient client = client(factory, cluster);
            for (IOException own :
                    List.of(new IOException("no such file"), new ConnectException("the body comes from elsewhere"))) {
                AtomicInteger writes = new AtomicInteger();
                assertThatThrownBy(() -> client.post()
                                .uri(URL + "/up")
                                .body((StreamingHttpOutputMessage.Body) out -> {
                                    writes.incrementAndGet();
                                    write(out);
                                    throw own;
                                })
                                .retrieve()
                                .body(String.class))
                        .hasStackTraceContaining(own.getMessage());
                assertThat(writes).hasValue(1);
            }

            assertThat(cluster.outcomes).containsExactly(Outcome.LOCAL_ERROR, Outcome.LOCAL_ERROR);
            assertThat(cluster.inFlight(80, List.of(pod, other))).isZero();
        }
    }

    private static void write(OutputStream out) throws IOException {
        out.write("body".getBytes(StandardCharsets.UTF_8));
    }

    private static RestClient client(Factory factory, Cluster cluster) {
        return FactoryTableTest.client(factory, cluster, HttpClientSettings.defaults());
    }

    /** Where nobody listens. */
    private static Endpoint refusing() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return Endpoint.ready(IpAddress.parse("127.0.0.9"), socket.getLocalPort());
        }
    }
}
