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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Many requests at a time, each in a virtual thread of the application, to pods that are slow. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "spring.threads.virtual.enabled=true")
@EnabledForJreRange(min = JRE.JAVA_21)
@Timeout(120)
class VirtualThreadsTest {

    private static final int REQUESTS = 200;
    private static final Duration LONG = Duration.ofMillis(50);
    private static final List<HttpServer> PODS = new ArrayList<>();
    private static final Set<String> CALLERS = ConcurrentHashMap.newKeySet();

    @LocalServerPort
    private int port;

    @TempDir
    private Path folder;

    @DynamicPropertySource
    static void pods(DynamicPropertyRegistry registry) throws IOException {
        List<String> endpoints = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            HttpServer pod = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            pod.setExecutor(Executors.newFixedThreadPool(8));
            byte[] body = new byte[100_000];
            pod.createContext("/", exchange -> {
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
    void requestsAreBalancedInVirtualThreadsAndNoneIsPinnedForLong() throws Exception {
        Path file = folder.resolve("pinned.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.VirtualThreadPinned").withThreshold(LONG).withStackTrace();
            recording.start();
            HttpClient client = HttpClient.newHttpClient();
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                answers.add(client.sendAsync(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/")).build(),
                        HttpResponse.BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
            recording.stop();
            recording.dump(file);
        }

        assertThat(CALLERS).isNotEmpty().allMatch(thread -> thread.startsWith("VirtualThread"));
        assertThat(Files.exists(file)).isTrue();
        List<RecordedEvent> pinned = RecordingFile.readAllEvents(file);
        assertThat(pinned).noneMatch(event -> String.valueOf(event.getStackTrace()).contains("io.remora"));
    }

    /** Notes in which threads the application makes its requests. */
    @TestConfiguration
    static class Callers {

        @Bean
        RestClientCustomizer callers() {
            return builder -> builder.requestInterceptor((request, body, execution) -> {
                CALLERS.add(Thread.currentThread().toString());
                return execution.execute(request, body);
            });
        }
    }
}
