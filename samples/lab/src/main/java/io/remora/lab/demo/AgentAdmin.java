package io.remora.lab.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The admin pages of the agent in the client pod. Thread-safe. */
final class AgentAdmin {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final JsonMapper MAPPER = new JsonMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final URI root;

    AgentAdmin(InetSocketAddress address) {
        root = URI.create("http://127.0.0.1:" + address.getPort());
    }

    /**
     * What the agent tells about itself and a Service.
     *
     * @param connected whether it watches the API server
     * @param age of its state; null before the API server was first heard of
     * @param endpoints addresses of the Service's endpoints, each once
     */
    record Status(boolean connected, @Nullable Duration age, List<String> endpoints) {
        Status {
            endpoints = List.copyOf(endpoints);
        }

        /** For the screen. */
        String text() {
            String heard = age == null
                    ? "not heard of yet"
                    : "heard of " + String.format(Locale.ROOT, "%.1f s ago", age.toMillis() / 1000.0);
            return connected ? "watched, " + heard : "AWAY, " + heard + "; the last known state is used";
        }
    }

    /** The root of the pages, as this machine reaches it. */
    URI root() {
        return root;
    }

    /** Empty when the agent does not answer, or does not know the Service yet. */
    Optional<Status> status(String service) {
        return get("/services?service=" + service).map(AgentAdmin::parse);
    }

    /** Reads the answer of {@code /services}. */
    static Status parse(String json) {
        JsonNode tree = MAPPER.readTree(json);
        JsonNode status = tree.path("status");
        JsonNode age = status.path("watchAgeSeconds");
        List<String> endpoints = new ArrayList<>();
        for (JsonNode destination : tree.path("destinations")) {
            for (JsonNode endpoint : destination.path("endpoints")) {
                String address = endpoint.path("address").asString("");
                if (!endpoints.contains(address)) {
                    endpoints.add(address);
                }
            }
        }
        return new Status(
                status.path("connected").asBoolean(false),
                age.isNumber() ? Duration.ofMillis((long) (age.asDouble() * 1000)) : null,
                endpoints);
    }

    /** Connects to endpoints of a Service that were begun because an earlier one failed or was slow; 0 when not known. */
    long retries(String service) {
        String metrics = get("/metrics").orElse("");
        double sum = 0;
        for (String line : metrics.lines().toList()) {
            if (line.startsWith("remora_connect_retries_total{") && line.contains("service=\"" + service + "\"")) {
                sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return (long) sum;
    }

    private Optional<String> get(String path) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(root.resolve(path)).timeout(TIMEOUT).build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
