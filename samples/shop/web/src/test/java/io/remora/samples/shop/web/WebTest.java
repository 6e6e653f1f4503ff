package io.remora.samples.shop.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole application, over sockets, with an agent beside it, with the starter in it, and without either. */
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class WebTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final JsonMapper MAPPER = new JsonMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private FakeParts parts;
    private int stockPort;
    private int reviewsPort;
    private ConfigurableApplicationContext web;

    @BeforeEach
    void startParts() throws IOException {
        parts = new FakeParts();
        stockPort = parts.http("stock-1");
        reviewsPort = parts.http("reviews-1");
        parts.answer("stock-1/stock/mug", 200, "{\"id\":\"mug\",\"available\":7}");
        parts.answer("reviews-1/reviews/mug", 200, "[{\"stars\":5,\"text\":\"Good.\"}]");
        parts.answer("reviews-1/reviews/kettle", 200, "[]");
        parts.answer("stock-1/behaviour", 200, "healthy\n");
    }

    @AfterEach
    void stop() {
        web.close();
        parts.close();
    }

    private void start(String... more) {
        Map<String, String> arguments = new LinkedHashMap<>();
        Stream.concat(
                        Stream.of(
                                "--server.port=0",
                                "--shop.pod=web-1",
                                "--shop.stock-url=http://localhost:" + stockPort,
                                "--shop.stock-control-url=http://localhost:" + stockPort,
                                "--shop.reviews-url=http://localhost:" + reviewsPort,
                                "--shop.agent-url=http://localhost:1",
                                "--spring.grpc.client.channel.catalog.target=dns:///localhost:" + parts.catalogPort()),
                        Stream.of(more))
                .forEach(each -> arguments.put(each.substring(0, each.indexOf('=')), each));
        web = SpringApplication.run(Web.class, arguments.values().toArray(String[]::new));
    }

    @Test
    void aProductIsPutTogetherOfAllParts() throws Exception {
        start();
        assertThat(get("/api/products").body()).isEqualTo("[{\"id\":\"mug\",\"name\":\"Mug\",\"priceCents\":790}]");
        assertThat(get("/api/products/mug").body())
                .isEqualTo("{\"id\":\"mug\",\"name\":\"Mug\",\"priceCents\":790,\"available\":7,"
                        + "\"reviews\":[{\"stars\":5,\"text\":\"Good.\"}]}");
        assertThat(get("/api/products/spoon").statusCode()).isEqualTo(404);
        assertThat(get("/").body()).contains("<title>Shop behind Remora</title>");
        assertThat(get("/actuator/health/readiness").body()).contains("UP");
    }

    @Test
    void whatFailsIsNamed() throws Exception {
        start();
        parts.answer("stock-1/stock/mug", 503, "{}");
        assertFailure("stock", "status 503 from stock-1");
        parts.answer("stock-1/stock/mug", -1, "");
        assertFailure("stock", "");
        parts.answer("stock-1/stock/mug", 200, "{\"available\":1}");
        parts.answer("reviews-1/reviews/mug", 200, "this is no JSON");
        assertFailure("reviews", "");
        parts.catalog(Status.UNAVAILABLE.withDescription("gone"));
        assertFailure("catalog", "gone");
        assertThat(get("/api/products").statusCode()).isEqualTo(502);

        JsonNode stock = part(live(), "stock");
        assertThat(stock.path("unanswered").asInt()).isEqualTo(1);
        assertThat(stock.path("pods").path(0).path("traffic").path("failed").asInt())
                .isEqualTo(1);
    }

    private void assertFailure(String part, String problem) throws Exception {
        HttpResponse<String> response = get("/api/products/mug");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(502);
        JsonNode failure = MAPPER.readTree(response.body());
        assertThat(failure.path("failed").asString()).isEqualTo(part);
        assertThat(failure.path("problem").asString()).contains(problem).isNotEmpty();
    }

    @Test
    void withoutRemoraThePageSaysSo() throws Exception {
        start();
        assertThat(get("/api/products/mug").statusCode()).isEqualTo(200);
        JsonNode live = live();
        assertThat(live.path("remora").asString()).isEqualTo("none");
        assertThat(live.path("problem").asString()).isNotEmpty();
        assertThat(live.path("behaviour").asString()).isEqualTo("healthy");
        assertThat(part(live, "stock").path("pods").path(0).path("pod").asString())
                .isEqualTo("stock-1");
    }

    @Test
    void theAgentTellsWhoIsEjectedAndWhy() throws Exception {
        int agent = parts.http("agent");
        parts.answer("agent/services?service=shop/catalog", 200, "{\"destinations\":[]}");
        parts.answer("agent/services?service=shop/reviews", 404, "{\"error\":\"no such Service\"}");
        parts.answer("agent/services?service=shop/stock", 200, """
                {"destinations": [
                  {"service": "shop/stock", "family": "IPv6", "endpoints": [{"address": "[fd00::1]:8080"}]},
                  {"service": "shop/stock", "family": "IPv4", "endpoints": [
                    {"address": "10.0.0.1:8080", "pod": "shop/stock-1", "eligible": true, "reason": "ready",
                     "inFlight": 2, "picks": 10, "failures": 0},
                    {"address": "10.0.0.2:8080", "pod": "shop/stock-2", "eligible": true, "reason": "ready",
                     "inFlight": 0, "picks": 9, "failures": 3, "ejection": {"state": "ejected",
                     "cause": "3 consecutive failures, the last: reset", "until": "2026-01-01T00:00:10Z"}},
                    {"address": "10.0.0.3:8080", "pod": "shop/stock-3", "eligible": false, "reason": "not ready"}]}]}
                """);
        start("--shop.agent-url=http://localhost:" + agent);
        JsonNode live = live();
        assertThat(live.path("remora").asString()).as("%s", live).isEqualTo("agent");
        List<String> pods = new ArrayList<>();
        part(live, "stock")
                .path("pods")
                .forEach(pod -> pods.add(pod.path("pod").asString() + " "
                        + pod.path("endpoint").path("state").asString() + ": "
                        + pod.path("endpoint").path("reason").asString()));
        assertThat(pods)
                .containsExactly(
                        "stock-1 used: ready",
                        "stock-2 ejected: 3 consecutive failures, the last: reset",
                        "stock-3 ineligible: not ready");
        assertThat(live.path("events").path(0).path("text").asString()).startsWith("stock-2 of stock is ejected: 3");
    }

    @Test
    void theStarterIsAskedWhereItIsOn() throws Exception {
        start(
                "--remora.enabled=true",
                "--remora.namespace=shop",
                "--remora.services.stock.endpoints=localhost:" + stockPort,
                "--shop.stock-url=http://stock");
        HttpResponse<String> product = get("/api/products/mug");
        assertThat(product.statusCode()).as(product.body()).isEqualTo(200);
        JsonNode live = live();
        assertThat(live.path("remora").asString()).isEqualTo("starter");
        JsonNode pod = part(live, "stock").path("pods").path(0).path("endpoint");
        assertThat(pod.path("state").asString()).isEqualTo("used");
        assertThat(pod.path("address").asString()).isEqualTo("127.0.0.1:" + stockPort);
        assertThat(pod.path("picks").asInt()).isPositive();
    }

    @Test
    void theLoadIsMadeAndCounted() throws Exception {
        start();
        assertThat(post("/api/load/100000").statusCode()).isEqualTo(204);
        assertThat(live().path("load").path("rate").asInt()).isEqualTo(200);
        assertThat(post("/api/load/50").statusCode()).isEqualTo(204);
        await().atMost(LIMIT).untilAsserted(() -> {
            JsonNode load = live().path("load");
            assertThat(load.path("sent").asInt()).isGreaterThan(20);
            assertThat(load.path("failed").asInt())
                    .as("of products that there are not")
                    .isGreaterThan(0);
            assertThat(load.path("lastFailures").path(0).asString()).startsWith("no product ");
        });
        assertThat(post("/api/load/0").statusCode()).isEqualTo(204);
        assertThat(live().path("load").path("rate").asInt()).isZero();
    }

    @Test
    void theButtonsTellThePodOfStock() throws Exception {
        start();
        parts.answer("stock-1/behaviour/reset", 200, "reset\n");
        assertThat(post("/api/stock-v2/reset").statusCode()).isEqualTo(204);
        assertThat(parts.posts()).containsExactly("stock-1/behaviour/reset");
        assertThat(post("/api/stock-v2/lazy").statusCode()).isEqualTo(404);
        parts.answer("stock-1/behaviour/slow", 500, "");
        assertThat(post("/api/stock-v2/slow").statusCode()).isEqualTo(502);
        assertThat(live().path("events").path(0).path("text").asString()).isEqualTo("stock-v2 is told: reset");
    }

    private static JsonNode part(JsonNode live, String name) {
        for (JsonNode part : live.path("parts")) {
            if (part.path("name").asString().equals(name)) {
                return part;
            }
        }
        throw new AssertionError("no part " + name + " in " + live);
    }

    private JsonNode live() throws Exception {
        return MAPPER.readTree(get("/api/live").body());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(uri(path)).timeout(LIMIT).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(uri(path))
                        .timeout(LIMIT)
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + web.getEnvironment().getProperty("local.server.port") + path);
    }
}
