package io.remora.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** Usage, output and exit codes. */
@Timeout(60)
class CheckCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Map<String, String> environment, String... args) {
        return new CommandLine(new CheckCommand("1.0", environment))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    private static HttpServer apiServer(String version) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            boolean isVersion = exchange.getRequestURI().getPath().equals("/version");
            byte[] body = (isVersion ? "{\"gitVersion\":\"" + version + "\"}" : "{\"message\":\"not found\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(isVersion ? 200 : 404, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String url(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Test
    void aFailureIsTheExitCodeAndStandsInTheText() throws Exception {
        HttpServer server = apiServer("v1.20.0");
        try {
            assertThat(run(Map.of(), "--api-server", url(server), "-n", "shop")).isEqualTo(1);
            assertThat(out.toString())
                    .contains("warning  api-server     v1.20.0 at " + url(server) + " has no native sidecars")
                    .contains("\n                        fix: inject with --sidecar plain")
                    .contains("FAIL     pod-security   there is no namespace shop")
                    .endsWith(" FAIL\n");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void jsonIsOneObject() throws Exception {
        HttpServer server = apiServer("v1.36.0");
        try {
            assertThat(run(Map.of(), "--api-server", url(server), "-n", "shop", "-o", "json"))
                    .isEqualTo(1);
            JsonNode json = Reply.JSON.readTree(out.toString());
            assertThat(json.path("place").asString("")).isEqualTo("cluster");
            assertThat(json.path("result").asString("")).isEqualTo("FAIL");
            assertThat(json.path("findings").path(0).path("check").asString("")).isEqualTo("api-server");
            assertThat(json.path("findings").path(0).path("result").asString(""))
                    .isEqualTo("ok");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void anApiServerThatIsAwayFails() {
        assertThat(run(Map.of(), "--api-server", "http://127.0.0.1:1", "-n", "shop"))
                .isEqualTo(1);
        assertThat(out.toString()).contains("connection refused by http://127.0.0.1:1");
    }

    @Test
    void withoutAClusterItSaysWhatToSet(@TempDir Path home) {
        assertThat(run(Map.of("HOME", home.toString()))).isEqualTo(2);
        assertThat(err.toString()).contains("no Kubernetes API server is known");
    }

    @Test
    void badUsageIsTold() {
        assertThat(run(Map.of(), "--as", "default")).isEqualTo(2);
        assertThat(err.toString()).contains("--as must be like system:serviceaccount:shop:default: 'default'");
        assertThat(run(Map.of(), "--kubernetes-scope", "some")).isEqualTo(2);
        assertThat(err.toString()).contains("--kubernetes-scope must be all or on-demand: 'some'");
    }

    @Test
    void insideAPodTheAgentIsAskedAndAMissingTokenIsAWarning() {
        Map<String, String> pod = Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1", "HOME", "/nowhere");

        assertThat(run(pod, "--admin", "http://127.0.0.1:1")).isEqualTo(1);
        assertThat(out.toString())
                .contains("no agent listens at http://127.0.0.1:1")
                .contains("the rights were not looked at: ");
    }
}
