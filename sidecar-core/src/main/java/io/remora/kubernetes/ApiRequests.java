package io.remora.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Single requests to the API server, each waited for: for commands that look something up. What watches is
 * {@link KubernetesDiscoverySource}. Thread-safe.
 */
public final class ApiRequests implements AutoCloseable {

    private final String server;
    private final HttpClient client;
    private final Duration timeout;

    private ApiRequests(String server, HttpClient client, Duration timeout) {
        this.server = server;
        this.client = client;
        this.timeout = timeout;
    }

    /**
     * An answer of the API server, whatever it says.
     *
     * @param status of HTTP
     * @param body empty if there is none
     */
    public record Answer(int status, String body) {}

    /**
     * Finds the API server and the credentials; connects with the first request.
     *
     * @param environment of the process
     * @throws IllegalArgumentException if no API server can be found or the kubeconfig is unusable, naming the setting
     */
    public static ApiRequests open(KubernetesConfig config, Map<String, String> environment) {
        Config found = KubernetesClients.configuration(config, environment);
        // Over HTTP/2 an API server sends GOAWAY with a 401, which the JDK's client reports in its place.
        found.setHttp2Disable(true);
        WatchTiming timing = config.timing();
        String server = found.getMasterUrl().replaceFirst("/+$", "");
        try {
            return new ApiRequests(
                    server,
                    KubernetesClients.client(found),
                    timing.connectTimeout().plus(timing.requestTimeout()));
        } catch (RuntimeException e) { // of fabric8, which wraps whatever is wrong with keys and certificates
            throw new IllegalArgumentException(
                    "the credentials for " + server + " cannot be used: " + ApiProblems.failed(e, server), e);
        }
    }

    /** Where the API server is. */
    public String server() {
        return server;
    }

    /**
     * Gets something.
     *
     * @param path and query, from the first slash
     * @throws IOException if there is no answer; the message says why, and where to look
     */
    public Answer get(String path) throws IOException {
        return send(path, client.newHttpRequestBuilder().uri(server + path));
    }

    /**
     * Posts an object.
     *
     * @param path and query, from the first slash
     * @param json the object
     * @throws IOException if there is no answer; the message says why, and where to look
     */
    public Answer post(String path, String json) throws IOException {
        return send(path, client.newHttpRequestBuilder().uri(server + path).post("application/json", json));
    }

    private Answer send(String path, HttpRequest.Builder builder) throws IOException {
        HttpRequest request = builder.header("Accept", "application/json")
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .build();
        try {
            HttpResponse<String> response =
                    client.sendAsync(request, String.class).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            String body = response.body();
            return new Answer(response.code(), body == null ? "" : body);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(ApiProblems.failed(cause, server), e);
        } catch (TimeoutException e) {
            throw new IOException("no answer from " + server + path + " in time; is it overloaded?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
