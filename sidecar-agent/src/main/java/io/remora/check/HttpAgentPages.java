package io.remora.check;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A real one. */
final class HttpAgentPages implements AgentPages {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final URI admin;
    // HTTP_PROXY and the like are meant for the app, not for a question to loopback.
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(ProxySelector.of(null))
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    HttpAgentPages(URI admin) {
        this.admin = admin;
    }

    @Override
    public String address() {
        return admin.toString();
    }

    @Override
    public String get(String path) throws IOException {
        try {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(admin.resolve(path)).timeout(TIMEOUT).build(),
                    HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() != 200) {
                throw new IOException(
                        "what answers at " + admin + " is no Remora agent: HTTP " + response.statusCode());
            }
            return response.body();
        } catch (ConnectException e) {
            throw new IOException("no agent listens at " + admin, e);
        } catch (HttpTimeoutException e) {
            throw new IOException("the agent at " + admin + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
