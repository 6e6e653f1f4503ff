package io.remora.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each outcome of each check inside a pod. */
@Timeout(60)
class PodChecksTest {

    private static final String READY = """
            {"status":{"version":"1.0","state":"ready","reasons":[],"synced":true,"connected":true,"watchAgeSeconds":12.4,
             "watches":2,"malformedObjects":0},"destinations":[%s]}
            """;

    private static final String STOCK = """
            {"service":"shop/stock","external":false,"addresses":["%s"],"endpoints":[{"eligible":true}]}
            """;

    @TempDir
    private Path proc = Path.of("");

    /** An agent of pages. */
    private static final class FakePages implements AgentPages {

        private final Map<String, String> pages = new HashMap<>();

        FakePages(String services, String metrics, String... settings) {
            StringBuilder config = new StringBuilder();
            for (int i = 0; i < settings.length; i += 2) {
                config.append(i == 0 ? "" : ",")
                        .append("{\"setting\":\"remora." + settings[i] + "\",\"value\":\"" + settings[i + 1] + "\"}");
            }
            pages.put("/services", services);
            pages.put("/metrics", metrics);
            pages.put("/config", "[" + config + "]");
        }

        @Override
        public String address() {
            return "http://127.0.0.1:15020";
        }

        @Override
        public String get(String path) throws IOException {
            String page = pages.get(path);
            if (page == null) {
                throw new IOException("no agent listens at http://127.0.0.1:15020");
            }
            return page;
        }
    }

    private static List<String> lines(AgentPages agent, Sockets sockets) {
        Findings findings = new Findings();
        Checks.ofPod(findings, agent, sockets);
        assertThat(findings.all())
                .allSatisfy(each -> assertThat(each.fix() == null).isEqualTo(each.level() == Level.OK));
        return findings.all().stream()
                .map(each -> each.level().label() + " " + each.check() + " " + each.message())
                .toList();
    }

    /** A pod where somebody listens on a port. */
    private Sockets pod(int ownUser, int agentUser) throws IOException {
        Files.writeString(proc.resolve("status"), "Name:\tjava\nUid:\t%1$d\t%1$d\t%1$d\t%1$d\n".formatted(ownUser));
        Path net = Files.createDirectories(proc.resolve("net"));
        Files.writeString(net.resolve("tcp"), """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 0100007F:3A99 00000000:0000 0A 00000000:00000000 00:00000000 00000000  %d        0 4711 1
                """.formatted(agentUser));
        return new Sockets(proc);
    }

    private static FakePages wellWith(String metrics) {
        return new FakePages(
                READY.formatted(STOCK.formatted("10.96.0.9:80")),
                metrics,
                "capture-cidrs",
                "10.96.0.0/16",
                "capture-port",
                "15001",
                "proxy-dscp",
                "0",
                "refusal-ports",
                "61000-62023");
    }

    @Test
    void aPodThatIsWell() throws Exception {
        String metrics = """
                # TYPE remora_connections_opened_total counter
                remora_connections_opened_total{namespace="shop",service="stock"} 40.0
                remora_connections_opened_total{namespace="-",service="-"} 2.0
                """;

        assertThat(lines(wellWith(metrics), pod(1337, 1337)))
                .containsExactly(
                        "ok agent version 1.0 is ready",
                        "ok agent 2 watches, the API server last heard of 12 s ago",
                        "ok service-cidrs all 1 Service ports that the agent knows are in [10.96.0.0/16]",
                        "ok capture the agent runs as user 1337, whose connections the rules leave alone",
                        "ok capture 42 connections came through the rules since the agent started");
    }

    @Test
    void noConnectionYetIsAWarning() throws Exception {
        assertThat(lines(wellWith(""), pod(1337, 1337)))
                .endsWith("warning capture no connection has come through the rules since the agent started");
    }

    @Test
    void anAgentOfAnotherUserIsAWarning() throws Exception {
        assertThat(lines(wellWith(""), pod(1000, 1000)))
                .contains(
                        "warning capture the agent runs as user 1000, and the rules leave user 1337 alone unless the init"
                                + " step was told otherwise");
    }

    @Test
    void noAgentAndSomethingElseFail() throws Exception {
        FakePages none = new FakePages("", "");
        none.pages.clear();

        assertThat(lines(none, pod(0, 0))).containsExactly("FAIL agent no agent listens at http://127.0.0.1:15020");
        assertThat(lines(new FakePages("{}", ""), pod(0, 0)))
                .containsExactly("FAIL agent what answers at http://127.0.0.1:15020 is no Remora agent");
        assertThat(lines(new FakePages("<html>", ""), pod(0, 0)))
                .containsExactly("FAIL agent what answers at http://127.0.0.1:15020 is no Remora agent");
    }

    @Test
    void anotherCapturePortIsTold() throws Exception {
        FakePages agent =
                new FakePages(READY.formatted(""), "", "capture-port", "15002", "capture-cidrs", "10.96.0.0/16");

        assertThat(lines(agent, pod(0, 1337)))
                .contains("FAIL capture nobody listens on the capture port 15002 in this pod");
    }

    @Test
    void anAgentThatIsNotSyncedOrNotConnectedIsTold() throws Exception {
        String degraded = READY.formatted("")
                .replace("\"ready\",\"reasons\":[]", "\"degraded\",\"reasons\":[\"the Services are not known yet\"]");
        String away =
                degraded.replace("\"connected\":true", "\"connected\":false").replace("12.4", "480");

        assertThat(lines(new FakePages(degraded.replace("\"synced\":true", "\"synced\":false"), ""), pod(1337, 1337)))
                .contains(
                        "warning agent version 1.0 is degraded: the Services are not known yet",
                        "FAIL agent the Services are not known yet, so connections pass through unbalanced (API server last"
                                + " heard of 12 s ago)");
        assertThat(lines(new FakePages(away, ""), pod(1337, 1337)))
                .contains(
                        "warning agent the API server is away (last heard of 480 s ago): the last known state is in use");
        assertThat(lines(new FakePages(READY.formatted("").replace("Objects\":0", "Objects\":3"), ""), pod(1337, 1337)))
                .contains("warning agent 3 objects of the API server could not be read and were skipped");
    }

    @Test
    void servicesThatAreNotCapturedAreTold() throws Exception {
        String both = STOCK.formatted("10.96.0.9:80") + "," + STOCK.formatted("[fd00::9]:80");
        FakePages some = new FakePages(READY.formatted(both), "", "capture-cidrs", "10.96.0.0/16");
        FakePages none = new FakePages(READY.formatted(both), "", "capture-cidrs", "10.97.0.0/16");
        FakePages untold = new FakePages(READY.formatted(both), "", "capture-cidrs", "");

        assertThat(lines(some, pod(1337, 1337)))
                .anySatisfy(
                        line -> assertThat(line)
                                .startsWith(
                                        "warning service-cidrs 1 of 2 Service ports that the agent knows are not in [10.96.0.0/16]"));
        assertThat(lines(none, pod(1337, 1337)))
                .anySatisfy(line -> assertThat(line).startsWith("FAIL service-cidrs 2 of 2 Service ports"));
        assertThat(lines(untold, pod(1337, 1337)))
                .contains("warning service-cidrs the agent was not told what is captured");
    }

    @Test
    void aRealConnectionIsFoundWhereItArrived() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket agent = new ServerSocket(0, 50, loopback);
                ServerSocket elsewhere = new ServerSocket(0, 50, loopback)) {
            int nobody = closedPort(loopback);

            assertThat(dialling(agent.getLocalPort(), agent.getLocalPort()))
                    .startsWith("ok capture a connection to 127.0.0.1:")
                    .endsWith("arrived at the agent (port " + agent.getLocalPort() + ")");
            assertThat(dialling(agent.getLocalPort(), elsewhere.getLocalPort()))
                    .startsWith("FAIL capture a connection to 127.0.0.1:" + elsewhere.getLocalPort())
                    .endsWith("did not go to the agent, but past it");
            assertThat(dialling(agent.getLocalPort(), nobody))
                    .startsWith("FAIL capture a connection to 127.0.0.1:" + nobody + " failed: ");
        }
    }

    private static int closedPort(InetAddress address) throws IOException {
        try (ServerSocket closed = new ServerSocket(0, 50, address)) {
            return closed.getLocalPort();
        }
    }

    /** With a mark in the place of a user of its own, so that connections of this process are captured. */
    private static String dialling(int capturePort, int service) {
        FakePages pages = new FakePages(
                READY.formatted(STOCK.formatted("127.0.0.1:" + service)),
                "",
                "capture-port",
                "" + capturePort,
                "proxy-dscp",
                "3",
                "capture-cidrs",
                "127.0.0.0/8");
        List<String> lines = lines(pages, new Sockets(Path.of("/proc/self")));
        return lines.get(lines.size() - 1);
    }

    @Test
    void withoutAServiceNothingIsDialled() throws Exception {
        assertThat(lines(new FakePages(READY.formatted(""), "", "capture-cidrs", "10.96.0.0/16"), pod(0, 1337)))
                .endsWith("warning capture there is no Service with a usable endpoint to try a connection to");
    }
}
