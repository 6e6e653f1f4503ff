package io.remora.samples.shop.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All ways to behave, over sockets, and told by the other port. */
@Timeout(60)
class StockServerTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private StockServer stock;
    private Control control;

    @BeforeEach
    void start() throws IOException {
        stock = new StockServer(0, "stock-v2-abc");
        control = new Control(0, stock);
    }

    @AfterEach
    void stop() {
        control.close();
        stock.close();
    }

    @Test
    void aProductIsAnsweredWithTheNameOfThePodAndTheConnectionIsKept() throws Exception {
        HttpResponse<String> answer = ask(LONG);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"id\":\"mug\",\"available\":" + StockServer.available("mug") + "}");
        assertThat(answer.headers().firstValue("X-Pod")).contains("stock-v2-abc");
        assertThat(answer.headers().firstValue("Connection").orElse("keep-alive"))
                .isEqualTo("keep-alive");
    }

    @Test
    void whatIsNoProductIsNotFound() throws Exception {
        assertThat(get(stock.port(), "/stock/a%22b", LONG).statusCode()).isEqualTo(404);
        assertThat(get(stock.port(), "/stock/", LONG).statusCode()).isEqualTo(404);
    }

    @Test
    void errorsAreStatus503UntilItIsHealthy() throws Exception {
        tell("errors");
        assertThat(ask(LONG).statusCode()).isEqualTo(503);
        assertThat(ask(LONG).headers().firstValue("X-Pod")).contains("stock-v2-abc");
        tell("healthy");
        assertThat(ask(LONG).statusCode()).isEqualTo(200);
    }

    @Test
    void aResetComesBeforeAnyByteAndThePortIsTheSameAfterwards() throws Exception {
        int port = stock.port();
        tell("reset");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) LONG.toMillis());
            assertThatThrownBy(() -> {
                        socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                        assertThat(socket.getInputStream().read()).isGreaterThanOrEqualTo(0);
                    })
                    .isInstanceOf(SocketException.class);
        }
        assertThat(healthStatus()).isEqualTo(200);
        tell("healthy");
        assertThat(stock.port()).isEqualTo(port);
        assertThat(ask(LONG).statusCode()).isEqualTo(200);
    }

    @Test
    void aHangHasNoAnswerAndEndsWithIt() throws Exception {
        tell("hang");
        assertThatThrownBy(() -> ask(Duration.ofMillis(300))).isInstanceOf(HttpTimeoutException.class);
        assertThat(healthStatus()).isEqualTo(200);
        CompletableFuture<HttpResponse<String>> waiting =
                http.sendAsync(request(stock.port(), "/stock/mug", LONG), BodyHandlers.ofString());
        tell("healthy");
        assertThat(waiting.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }

    @Test
    void slowIsLateAndGood() throws Exception {
        tell("slow");
        long begin = System.nanoTime();
        assertThat(ask(LONG).statusCode()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void clientsAreToldToLeaveWhenItDrains() throws Exception {
        stock.drain();
        HttpResponse<String> answer = ask(LONG);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Connection")).contains("close");
    }

    @Test
    void itIsGoneWhenItIsClosedWhateverItDid() throws Exception {
        tell("reset");
        stock.close();
        assertThatThrownBy(() -> ask(LONG)).isInstanceOf(ConnectException.class);
    }

    @Test
    void theControlSaysWhatItKnows() throws Exception {
        assertThat(get(control.port(), "/behaviour", LONG).body()).isEqualTo("healthy\n");
        tell("slow");
        assertThat(get(control.port(), "/behaviour", LONG).body()).isEqualTo("slow\n");
        HttpResponse<String> unknown = post("/behaviour/lazy");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("healthy, errors, reset, hang, slow");
        assertThat(get(control.port(), "/behaviour/errors", LONG).statusCode()).isEqualTo(405);
        assertThat(stock.behaviour()).isEqualTo(Behaviour.SLOW);
    }

    private void tell(String behaviour) throws Exception {
        assertThat(post("/behaviour/" + behaviour).body()).isEqualTo(behaviour + "\n");
    }

    private HttpResponse<String> post(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(uri(control.port(), path))
                        .timeout(LONG)
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    private int healthStatus() throws Exception {
        return get(control.port(), "/health", LONG).statusCode();
    }

    private HttpResponse<String> ask(Duration limit) throws Exception {
        return get(stock.port(), "/stock/mug", limit);
    }

    private HttpResponse<String> get(int port, String path, Duration limit) throws Exception {
        return http.send(request(port, path, limit), BodyHandlers.ofString());
    }

    private static HttpRequest request(int port, String path, Duration limit) {
        return HttpRequest.newBuilder(uri(port, path)).timeout(limit).build();
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
