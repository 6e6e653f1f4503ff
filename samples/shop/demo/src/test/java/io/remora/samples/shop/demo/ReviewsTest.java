package io.remora.samples.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The part in Python, over sockets. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class ReviewsTest {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Process process;
    private int port;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(":", -1))
                        .anyMatch(each -> Files.isExecutable(Path.of(each, "python3"))),
                "there is no python3");
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        ProcessBuilder builder = new ProcessBuilder(
                "python3",
                Jars.root().resolve("samples/shop/reviews/reviews.py").toString(),
                Integer.toString(port));
        builder.environment().put("POD_NAME", "reviews-abc");
        process = builder.redirectErrorStream(true).start();
        BufferedReader log = process.inputReader();
        assertThat(log.readLine()).isEqualTo("serving");
    }

    @AfterEach
    void stop() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void reviewsAreAnsweredWithTheNameOfThePod() throws Exception {
        HttpResponse<String> answer = get("/reviews/mug");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"stars\": ", "\"text\": ");
        assertThat(answer.headers().firstValue("X-Pod")).contains("reviews-abc");
        assertThat(answer.headers().firstValue("Connection")).isEmpty();
        assertThat(get("/health").statusCode()).isEqualTo(200);
        assertThat(get("/elsewhere").statusCode()).isEqualTo(404);
    }

    @Test
    void atItsEndItAnswersAndHasClientsLeaveAndThenItIsGone() throws Exception {
        process.destroy(); // SIGTERM
        HttpResponse<String> answer = get("/reviews/mug");
        while (answer.headers().firstValue("Connection").isEmpty()) {
            answer = get("/reviews/mug"); // the signal is on its way
        }
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Connection")).contains("close");
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                BodyHandlers.ofString());
    }
}
