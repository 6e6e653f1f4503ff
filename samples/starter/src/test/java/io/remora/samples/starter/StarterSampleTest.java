package io.remora.samples.starter;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The application against three servers of this machine, as on a laptop. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Timeout(60)
class StarterSampleTest {

    private static final List<HttpServer> PODS = new ArrayList<>();

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void pods(DynamicPropertyRegistry registry) throws IOException {
        List<String> endpoints = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            HttpServer pod = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            String name = "pod " + i;
            pod.createContext("/", exchange -> {
                byte[] body = (name + " for " + exchange.getRequestHeaders().getFirst("Host"))
                        .getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            pod.start();
            PODS.add(pod);
            endpoints.add("localhost:" + pod.getAddress().getPort());
        }
        registry.add("remora.services.catalog.endpoints", () -> String.join(",", endpoints));
    }

    @AfterAll
    static void stop() {
        PODS.forEach(pod -> pod.stop(0));
    }

    @Test
    void everyPodAnswersItsShareUnderTheNameOfTheServiceAndOneThatIsGoneCostsNoRequest() throws Exception {
        Map<String, Integer> answers = new TreeMap<>();
        for (int i = 0; i < 90; i++) {
            answers.merge(get("/"), 1, Integer::sum);
        }
        assertThat(answers).containsOnlyKeys(
                "catalog says: pod 0 for catalog", "catalog says: pod 1 for catalog", "catalog says: pod 2 for catalog");
        assertThat(answers.values()).allSatisfy(count -> assertThat(count).isGreaterThan(10));

        assertThat(get("/actuator/remora")).contains("catalog", "127.0.0.1");
        assertThat(get("/actuator/health/readiness")).contains("UP");

        PODS.get(0).stop(0);
        for (int i = 0; i < 60; i++) {
            assertThat(get("/")).startsWith("catalog says: pod");
        }
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }
}
