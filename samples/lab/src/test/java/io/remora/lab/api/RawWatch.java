package io.remora.lab.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Scanner;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A watch over plain HTTP, event by event as the wire has it. */
final class RawWatch implements AutoCloseable {
    static final String END = "END";
    private static final JsonMapper JSON = new JsonMapper();

    private final InputStream body;
    private final int status;
    private final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();

    private RawWatch(HttpResponse<InputStream> response) {
        this.status = response.statusCode();
        this.body = response.body();
        Thread reader = new Thread(this::read, "raw-watch");
        reader.setDaemon(true);
        reader.start();
    }

    static RawWatch open(ApiHttp http, String path) throws Exception {
        HttpClient client = http.client();
        return new RawWatch(client.send(http.request(path).GET().build(), HttpResponse.BodyHandlers.ofInputStream()));
    }

    private void read() {
        try (Scanner lines = new Scanner(body, StandardCharsets.UTF_8)) {
            while (lines.hasNextLine()) {
                events.add(JSON.readTree(lines.nextLine()));
            }
        }
        events.add(JSON.createObjectNode().put("type", END));
    }

    int status() {
        return status;
    }

    JsonNode next(Duration limit) throws InterruptedException {
        JsonNode event = events.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(event).as("an event within " + limit).isNotNull();
        return event;
    }

    /** The next event, that is no bookmark, as {@code TYPE name}. */
    String nextChange() throws InterruptedException {
        while (true) {
            JsonNode event = next(Duration.ofSeconds(10));
            String type = event.path("type").asString();
            if (!type.equals("BOOKMARK")) {
                return type + " "
                        + event.path("object").path("metadata").path("name").asString("");
            }
        }
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
