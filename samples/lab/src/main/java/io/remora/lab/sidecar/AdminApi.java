package io.remora.lab.sidecar;

import io.remora.lab.process.LabException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The agent's admin server, as this JVM reaches it. Each call is a request of its own. Thread-safe. */
public final class AdminApi {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final JsonMapper MAPPER = new JsonMapper();

    private final URI base;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    AdminApi(URI base) {
        this.base = base;
    }

    /** {@code http://127.0.0.1:PORT} of this machine. */
    public URI base() {
        return base;
    }

    /** Status code of a page; 0 when nobody answers. */
    public int status(String path) {
        try {
            return send(path).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * Body of a page.
     *
     * @throws LabException when nobody answers or the status is not 200
     */
    public String get(String path) {
        try {
            HttpResponse<String> response = send(path);
            if (response.statusCode() != 200) {
                throw new LabException(path + " answered " + response.statusCode() + ": " + response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw new LabException(path + " of the agent does not answer: " + e, e);
        }
    }

    /** A page that is JSON. */
    public JsonNode json(String path) {
        String body = get(path);
        try {
            return MAPPER.readTree(body);
        } catch (JacksonException e) {
            throw new LabException(path + " is not JSON: " + body, e);
        }
    }

    /** All series of {@code /metrics}: name with its tags, and value. */
    public Map<String, Double> metrics() {
        Map<String, Double> series = new LinkedHashMap<>();
        get("/metrics").lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            String value = line.substring(space + 1).replace("+Inf", "Infinity");
            series.put(line.substring(0, space), Double.parseDouble(value));
        });
        return series;
    }

    /**
     * The sum of all series of a name; 0 when there is none.
     *
     * @param tags parts that a series must contain, {@code service="web"} for example
     */
    public double metric(String name, String... tags) {
        double sum = 0;
        for (Map.Entry<String, Double> each : metrics().entrySet()) {
            String key = each.getKey();
            boolean same = key.equals(name) || key.startsWith(name + "{");
            for (String tag : tags) {
                same &= key.contains(tag);
            }
            sum += same ? each.getValue() : 0;
        }
        return sum;
    }

    private HttpResponse<String> send(String path) throws IOException {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT).build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while waiting for " + base.resolve(path), e);
        }
    }
}
