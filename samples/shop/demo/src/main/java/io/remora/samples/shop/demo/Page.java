package io.remora.samples.shop.demo;

import io.remora.lab.process.LabException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the page of web shows, and its buttons. Thread-safe. */
final class Page {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final JsonMapper MAPPER = new JsonMapper();

    private final URI root;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Page(URI root) {
        this.root = root;
    }

    URI root() {
        return root;
    }

    /**
     * What a look at the page tells.
     *
     * @param remora {@code agent}, {@code starter} or {@code none}
     * @param sent requests of the load so far
     * @param failed of them
     */
    record View(String remora, long sent, long failed, List<String> lastFailures, List<PodView> pods) {

        List<PodView> of(String part) {
            return pods.stream().filter(pod -> pod.part().equals(part)).toList();
        }

        Optional<PodView> pod(String name) {
            return pods.stream().filter(pod -> pod.pod().equals(name)).findFirst();
        }
    }

    /**
     * A pod in it.
     *
     * @param share of its part's calls of the last ten seconds, in percent
     * @param state that Remora gives it; empty if it gives none
     */
    record PodView(String part, String pod, int share, String state, String reason) {}

    View look() {
        return parse(send(HttpRequest.newBuilder(root.resolve("/api/live")).build()));
    }

    static View parse(String json) {
        JsonNode tree = MAPPER.readTree(json);
        List<PodView> pods = new ArrayList<>();
        for (JsonNode part : tree.path("parts")) {
            for (JsonNode pod : part.path("pods")) {
                pods.add(new PodView(
                        part.path("name").asString(),
                        pod.path("pod").asString(),
                        (int) Math.round(100 * pod.path("traffic").path("share").asDouble(0)),
                        pod.path("endpoint").path("state").asString(""),
                        pod.path("endpoint").path("reason").asString("")));
            }
        }
        JsonNode load = tree.path("load");
        List<String> failures = new ArrayList<>();
        load.path("lastFailures").forEach(each -> failures.add(each.asString()));
        return new View(
                tree.path("remora").asString(),
                load.path("sent").asLong(),
                load.path("failed").asLong(),
                failures,
                pods);
    }

    /** Makes so many requests a second. */
    void load(int perSecond) {
        post("/api/load/" + perSecond);
    }

    /** Has the pod of stock-v2 behave so. */
    void behave(String behaviour) {
        post("/api/stock-v2/" + behaviour);
    }

    private void post(String path) {
        send(HttpRequest.newBuilder(root.resolve(path))
                .POST(BodyPublishers.noBody())
                .build());
    }

    private String send(HttpRequest request) {
        HttpRequest bounded = HttpRequest.newBuilder(request, (name, value) -> true)
                .timeout(TIMEOUT)
                .build();
        try {
            HttpResponse<String> response = http.send(bounded, BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new LabException(request.uri() + " answers " + response.statusCode() + ": " + response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw new LabException(request.uri() + " does not answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }
}
