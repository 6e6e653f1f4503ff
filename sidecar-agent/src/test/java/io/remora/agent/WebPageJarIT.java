package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.remora.lab.browser.Browser;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page and what stands behind it, of the program as it is shipped. */
@Timeout(180)
@SuppressWarnings("AddressSelection") // addresses, no names
class WebPageJarIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder = Path.of("");

    private final int capture;
    private final int admin;
    private final FakeApiServer api;

    @SuppressWarnings("NullAway.Init") // before each test
    private AgentProcess agent;

    WebPageJarIT() throws IOException {
        capture = AgentProcess.freePort();
        admin = AgentProcess.freePort();
        api = new FakeApiServer();
    }

    @BeforeEach
    void start() throws IOException {
        List<String> arguments = List.of(
                "agent",
                "--api-server=" + api.url(),
                "--capture-port=" + capture,
                "--capture-addresses=127.0.0.1",
                "--admin-port=" + admin);
        agent = new AgentProcess(Path.of(System.getProperty("java.home")), folder, Map.of(), arguments);
        await().atMost(PATIENCE).ignoreExceptions().until(() -> "ready\n".equals(body("/ready")));
    }

    @AfterEach
    void stop() {
        agent.close();
        api.close();
    }

    @Test
    void theListNamesEveryPageAndEachIsDocumented() throws Exception {
        String docs = Files.readString(Path.of("..", "docs", "agent.md"));
        List<String> paths = body("/")
                .lines()
                .filter(line -> line.startsWith("/"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();

        assertThat(paths).contains("/ready", "/services", "/connections", "/decisions", "/explain", "/quitquitquit");
        for (String path : paths) {
            assertThat(docs).contains("| `" + path + "` | ");
        }
    }

    @Test
    void aConnectionIsAmongTheDecisions() throws Exception {
        assertThat(body("/connections")).isEqualTo("{\"live\":0,\"seen\":0,\"matched\":0,\"connections\":[]}");
        try (Socket dialledDirectly = new Socket("127.0.0.1", capture)) {
            dialledDirectly.setSoTimeout(10_000);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(body("/decisions"))
                            .startsWith("{\"kept\":1,\"matched\":1,")
                            .contains("\"client\":\"127.0.0.1:" + dialledDirectly.getLocalPort() + "\"")
                            .contains("it was dialled to the agent itself", "\"end\":\"not_redirected\""));
        }
    }

    @Test
    void theShippedPageWorks() {
        try (Browser browser = Browser.start(folder.resolve("profile"), Duration.ofSeconds(30))) {
            browser.open(URI.create("http://127.0.0.1:" + admin + "/"));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(browser.text("#services table"))
                            .contains(
                                    "shop/stock:http", "1 of 2 used", "10.244.1.3:8080", "shop/stock-0", "not ready"));
            browser.script("location.hash = '#explain?target=10.96.0.20:80'");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(browser.text("#explanation"))
                            .contains("Forwarded to the only endpoint of shop/stock:http"));
            browser.script("location.hash = '#decisions'");
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(browser.text("#decisions-none")).isEqualTo("No connection came yet."));
            browser.script("location.hash = '#connections'");
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(browser.text("#connections-none")).isEqualTo("No connection is open."));
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private String body(String path) throws Exception {
        return agent.send("GET", admin, path).body();
    }
}
