package io.remora.agent;

import io.remora.agent.ServicesView.NotFound;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Asks the admin server of an agent. */
final class AdminClient {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_PORT = 65535;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int BAD_REQUEST = 400;
    private static final String NOT_ITS_JSON = "the answer is not an agent's JSON";

    private AdminClient() {}

    /**
     * Returns the address of an admin server, given as a URL or as {@code host:port}.
     *
     * @throws AdminException if it is neither
     */
    static URI address(String text) throws AdminException {
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            String scheme = uri.getScheme();
            if (uri.getHost() != null
                    && ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
                    && uri.getPort() <= MAX_PORT) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw new AdminException("--admin must be like http://127.0.0.1:15020 or 127.0.0.1:15020: '" + text + "'");
    }

    /** Says that something answers there, and why it is no agent. */
    static AdminException noAgent(URI admin, String why) {
        return new AdminException("what answers at " + admin + " is no Remora agent: " + why);
    }

    /**
     * Reads {@code /services}.
     *
     * @param service the Service to ask for; null for all
     * @throws AdminException if no agent answers there
     */
    static Answer services(URI admin, @Nullable String service) throws AdminException {
        HttpResponse<String> response =
                get(admin, "/services" + (service == null ? "" : "?service=" + encode(service)));
        if (response.statusCode() == OK) {
            ServicesView view = read(admin, response.body(), ServicesView.class);
            if (view.status() == null || view.destinations() == null || view.unbalanced() == null) {
                throw noAgent(admin, NOT_ITS_JSON);
            }
            return new Answer.Found(view, response.body());
        }
        if (response.statusCode() == NOT_FOUND) {
            NotFound missing = read(admin, response.body(), NotFound.class);
            if (missing.error() == null || missing.near() == null) {
                throw noAgent(admin, NOT_ITS_JSON);
            }
            return new Answer.Missing(missing);
        }
        throw notOurs(admin, response);
    }

    /**
     * Reads {@code /explain}.
     *
     * @param client where from; null for the pod itself
     * @throws AdminException if no agent answers there, or it says what is wrong with the question
     */
    static ExplainView explain(URI admin, String target, @Nullable String client) throws AdminException {
        HttpResponse<String> response =
                get(admin, "/explain?target=" + encode(target) + (client == null ? "" : "&client=" + encode(client)));
        if (response.statusCode() == OK) {
            ExplainView view = read(admin, response.body(), ExplainView.class);
            if (view.decision() == null || view.endpoints() == null) {
                throw noAgent(admin, NOT_ITS_JSON);
            }
            return view;
        }
        if (response.statusCode() == NOT_FOUND || response.statusCode() == BAD_REQUEST) {
            ExplainPage.Problem problem = read(admin, response.body(), ExplainPage.Problem.class);
            if (problem.error() != null) {
                throw new AdminException(
                        problem.error() + (problem.synced() ? "" : " (the agent has not read all Services yet)"));
            }
        }
        throw notOurs(admin, response);
    }

    private static <T> T read(URI admin, String body, Class<T> type) throws AdminException {
        T value;
        try {
            value = Json.MAPPER.readValue(body, type);
        } catch (JacksonException e) {
            throw noAgent(admin, NOT_ITS_JSON);
        }
        if (value == null) { // the JSON null
            throw noAgent(admin, NOT_ITS_JSON);
        }
        return value;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static HttpResponse<String> get(URI admin, String path) throws AdminException {
        HttpRequest request =
                HttpRequest.newBuilder(admin.resolve(path)).timeout(TIMEOUT).build();
        // HTTP_PROXY and the like are meant for the app, not for a question to loopback.
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .proxy(ProxySelector.of(null))
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
        HttpResponse<String> response;
        try {
            response = client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (ConnectException e) {
            throw new AdminException(
                    "no agent listens at " + admin + ": is it running, and is its admin.port another?");
        } catch (HttpTimeoutException e) {
            throw new AdminException("the agent at " + admin + " does not answer");
        } catch (IOException e) {
            throw noAgent(admin, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AdminException("interrupted");
        }
        if (!contentType(response).startsWith(AdminResponse.JSON)) {
            throw notOurs(admin, response);
        }
        return response;
    }

    private static String contentType(HttpResponse<String> response) {
        return response.headers().firstValue("content-type").orElse("");
    }

    private static AdminException notOurs(URI admin, HttpResponse<String> response) {
        String type = contentType(response);
        return noAgent(admin, "HTTP " + response.statusCode() + (type.isEmpty() ? "" : " with " + type));
    }

    /** An agent's answer. */
    sealed interface Answer {

        /**
         * What it knows.
         *
         * @param body the JSON that the view was read from
         */
        record Found(ServicesView view, String body) implements Answer {}

        /** No Service has the name. */
        record Missing(NotFound problem) implements Answer {

            /** For people, with what may have been meant. */
            String text() {
                return problem.near().isEmpty()
                        ? problem.error()
                        : problem.error() + "\nDid you mean " + String.join(" or ", problem.near()) + "?";
            }
        }
    }

    /** No agent answers; the message is for the user. */
    static final class AdminException extends Exception {

        private static final long serialVersionUID = 1L;

        AdminException(String message) {
            super(message);
        }
    }
}
