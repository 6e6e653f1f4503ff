package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.remora.config.AdminConfig;
import io.remora.discovery.IpAddress;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the admin server sends to browsers, and answers that are not there at once. */
@Timeout(30)
@SuppressWarnings("AddressSelection") // addresses, no names
class WebPageTest {

    private static final String BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8";

    private final CompletableFuture<AdminResponse> slow = new CompletableFuture<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final AdminServer server = new AdminServer(new AdminRoutes()
            .get("/live", "answers", request -> AdminResponse.text(HttpResponseStatus.OK, "alive"))
            .get("/slow", "answers later", request -> AdminResponse.later(slow)));
    private int port;

    @BeforeEach
    void bind() throws IOException {
        port = server.bind(new AdminConfig(List.of(IpAddress.parse("127.0.0.1")), 0))
                .get(0)
                .port();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void browsersGetThePageAndOthersTheList() throws Exception {
        HttpResponse<String> page = get("/", BROWSER);
        HttpResponse<String> list = get("/", "*/*");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(page.headers().firstValue("Vary"))
                .hasValueSatisfying(vary -> assertThat(vary).isEqualToIgnoringCase("accept"));
        assertThat(page.body()).startsWith("<!DOCTYPE html>").contains("<title>Remora</title>");
        assertThat(list.headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
        assertThat(list.body()).startsWith("remora ").contains("\n/live  answers\n");
        assertThat(client.send(HttpRequest.newBuilder(uri("/")).build(), HttpResponse.BodyHandlers.ofString())
                        .body())
                .isEqualTo(list.body());
    }

    @Test
    void thePageMayDoLittle() throws Exception {
        HttpResponse<String> page = get("/", BROWSER);

        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy.split("; *"))
                        .contains(
                                "default-src 'none'",
                                "script-src 'self'",
                                "style-src 'self'",
                                "connect-src 'self'",
                                "frame-ancestors 'none'",
                                "base-uri 'none'",
                                "require-trusted-types-for 'script'")
                        .noneMatch(directive -> directive.contains("unsafe") || directive.contains("*")));
        for (String path : List.of("/", "/live", "/page/page.js", "/nothing")) {
            assertThat(get(path, BROWSER).headers().firstValue("X-Content-Type-Options"))
                    .as(path)
                    .hasValue("nosniff");
        }
    }

    @Test
    void everythingThatThePageRefersToIsServedFromHere() throws Exception {
        String page = get("/", BROWSER).body();
        Queue<String> found = new ArrayDeque<>(references("(?:src|href|action)=\"([^\"#]+)\"", page));
        Set<String> parts = new HashSet<>();
        while (!found.isEmpty()) {
            String path = found.remove();
            assertThat(path)
                    .as("relative, for a proxy may put something before it")
                    .doesNotContain(":", "//");
            if (!path.startsWith("page/") || !parts.add(path)) {
                continue;
            }
            HttpResponse<String> part = get("/" + path, "*/*");
            assertThat(part.statusCode()).as(path).isEqualTo(200);
            assertThat(part.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith(typeOf(path)));
            assertThat(part.body().replace("xmlns=\"http://www.w3.org/2000/svg\"", ""))
                    .isNotBlank()
                    .doesNotContain("http://", "https://", "innerHTML");
            references("from '\\./([^']+)'", part.body()).forEach(module -> found.add("page/" + module));
        }
        assertThat(parts).contains("page/page.js", "page/page.css", "page/icon.svg", "page/dom.js");
        assertThat(page).doesNotContain("style=", "onclick=", "<style", "<script>");
    }

    private static List<String> references(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static String typeOf(String path) {
        return path.endsWith(".js") ? "text/javascript" : path.endsWith(".css") ? "text/css" : "image/svg+xml";
    }

    @Test
    void nothingElseIsServedAsAPart() throws Exception {
        for (String path : List.of("/page/", "/page/index.html", "/page/../AdminServer.class", "/page/x.js", "/page")) {
            assertThat(get(path, BROWSER).statusCode()).as(path).isEqualTo(404);
        }
        assertThat(send(HttpRequest.newBuilder(uri("/")).POST(HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(405);
    }

    @Test
    void anAnswerThatIsNotThereYetHoldsUpItsOwnConnectionOnly() throws Exception {
        CompletableFuture<HttpResponse<String>> waiting =
                client.sendAsync(HttpRequest.newBuilder(uri("/slow")).build(), HttpResponse.BodyHandlers.ofString());

        assertThat(get("/live", "*/*").body()).isEqualTo("alive\n");
        assertThat(waiting).isNotDone();
        slow.complete(AdminResponse.text(HttpResponseStatus.OK, "at last"));
        assertThat(waiting.get().body()).isEqualTo("at last\n");
    }

    @Test
    void whatIsAskedMeanwhileOnTheSameConnectionIsAnsweredInOrder() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            String requests = """
                    GET /slow HTTP/1.1
                    Host: localhost

                    GET /live HTTP/1.1
                    Host: localhost
                    Connection: close

                    """.replace("\n", "\r\n");
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
            get("/live", "*/*"); // answered by the same thread, after it saw those
            slow.complete(AdminResponse.text(HttpResponseStatus.OK, "at last"));

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .containsPattern("(?s)at last\n.*alive\n");
        }
    }

    @Test
    void anAnswerThatFailsLaterIsSaid() throws Exception {
        slow.completeExceptionally(new IllegalStateException("on purpose"));

        assertThat(get("/slow", "*/*").statusCode()).isEqualTo(500);
        assertThat(get("/slow", "*/*").body()).contains("the agent's log has the reason");
    }

    private HttpResponse<String> get(String path, String accept) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).header("Accept", accept));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.timeout(Duration.ofSeconds(10)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
