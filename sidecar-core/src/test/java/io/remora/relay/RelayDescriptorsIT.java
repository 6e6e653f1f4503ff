package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.remora.balancer.Outcome;
import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Ticker;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A relay in a process that has few file descriptors. */
class RelayDescriptorsIT extends RelayTestCase {

    private static final int CLIENTS = 120;

    /** The child's own, and one for each jar that it looks for classes in, which stays open. */
    private static final int LIMIT = 40 + System.getProperty("java.class.path").split(File.pathSeparator, -1).length;

    @Test
    void relaySurvivesRunningOutOfFileDescriptors() throws Exception {
        InetSocketAddress echo = echo("127.0.0.2");
        try (ChildJvm child = ChildJvm.start(
                "ulimit -n " + LIMIT, FewDescriptors.class, echo.getAddress().getHostAddress(), "" + echo.getPort())) {
            InetSocketAddress relay = loopback(child.read());
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Socket client = closing(new Socket());
                client.setSoTimeout((int) PATIENCE.toMillis());
                client.connect(relay);
                client.getOutputStream().write(i);
                clients.add(client);
            }
            await().atMost(PATIENCE).until(() -> child.ask("paused").equals("true"));
            assertThat(Integer.parseInt(child.ask("accepted"))).isLessThan(CLIENTS);

            Duration before = child.info().totalCpuDuration().orElseThrow();
            await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
            assertThat(child.info().totalCpuDuration().orElseThrow().minus(before))
                    .as("a relay that waits for descriptors does not spin")
                    .isLessThan(Duration.ofSeconds(1));

            reset(clients.remove(CLIENTS - 1)); // it waits in the queue, and leaves
            List<Future<Integer>> answers = new ArrayList<>();
            for (Socket client : clients) {
                answers.add(threads.submit(() -> {
                    int answer = client.getInputStream().read();
                    client.close(); // which lets another one in
                    return answer;
                }));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isEqualTo(i);
            }
            await().atMost(PATIENCE).until(() -> child.ask("active").equals("0"));
            await().atMost(PATIENCE).until(() -> child.ask("paused").equals("false"));
            assertThat(child.ask("inflight")).isEqualTo("0");
            assertThat(child.ask("blamed")).isEqualTo("0");
            assertThat(child.ask("accepted")).isEqualTo("" + CLIENTS);
            assertThat(child.ask("closed")).contains("CLIENT_LEFT").doesNotContain("LOCAL_ERROR");
        }
    }

    @Test
    void relaySurvivesAProcessWhoseOtherPartsTookEveryDescriptor() throws Exception {
        InetSocketAddress echo = echo("127.0.0.2");
        try (ChildJvm child = ChildJvm.start(
                "ulimit -n " + LIMIT, FewDescriptors.class, echo.getAddress().getHostAddress(), "" + echo.getPort())) {
            InetSocketAddress relay = loopback(child.read());
            try (Socket first =
                    new Socket()) { // has the child load its classes, which lie in folders here and not in a jar
                first.connect(relay);
                first.getOutputStream().write(1);
                assertThat(first.getInputStream().read()).isEqualTo(1);
            }
            await().atMost(PATIENCE).until(() -> child.ask("active").equals("0"));
            assertThat(Integer.parseInt(child.ask("hog"))).isPositive();
            Socket leaving = closing(new Socket());
            leaving.connect(relay);
            Socket waiting = closing(new Socket());
            waiting.setSoTimeout((int) PATIENCE.toMillis());
            waiting.connect(relay);
            waiting.getOutputStream().write(9);
            await().atMost(PATIENCE).until(() -> child.ask("paused").equals("true"));
            assertThat(child.ask("accepted")).isEqualTo("1");
            reset(leaving);
            child.ask("unhog");
            assertThat(waiting.getInputStream().read()).isEqualTo(9);
            waiting.close();
            await().atMost(PATIENCE).until(() -> child.ask("active").equals("0"));
            assertThat(child.ask("inflight")).isEqualTo("0");
            assertThat(child.ask("blamed")).isEqualTo("0");
        }
    }

    private static InetSocketAddress loopback(String port) {
        return TransportAddress.tcp(IpAddress.parse("127.0.0.1"), Integer.parseInt(port))
                .toSocketAddress();
    }

    /** A relay of one Service with one endpoint; answers questions about itself. */
    static final class FewDescriptors {

        private static final List<FileInputStream> HOGGED = new ArrayList<>();

        private FewDescriptors() {}

        private static int hog() {
            try {
                while (true) {
                    HOGGED.add(new FileInputStream("/dev/null"));
                }
            } catch (FileNotFoundException e) {
                return HOGGED.size(); // too many open files
            }
        }

        private static int unhog() throws IOException {
            for (FileInputStream hogged : HOGGED) {
                hogged.close();
            }
            return 0;
        }

        public static void main(String[] arguments) throws Exception {
            TestServices services = new TestServices();
            services.shop(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])));
            Recorder recorder = new Recorder();
            RelayConfig config = RelayConfig.DEFAULT
                    .withListen(new RelayConfig.Listen(List.of(IpAddress.parse("127.0.0.1")), 0, 1024))
                    .withThreads(2);
            RelayServer relay = new RelayServer(
                    config,
                    services.registry,
                    services.balancers,
                    recorder,
                    new RefusalBuckets(RefusalConfig.OFF),
                    (socket, family) -> TestServices.CLUSTER_IP,
                    Ticker.SYSTEM,
                    () -> new SplittableRandom(3));
            try (relay;
                    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                relay.start();
                System.out.println(relay.addresses().get(0).getPort());
                for (String question = in.readLine(); question != null; question = in.readLine()) {
                    System.out.println(
                            switch (question) {
                                case "paused" -> recorder.paused.get() > recorder.resumed.get();
                                case "accepted" -> recorder.accepted.get();
                                case "active" -> relay.active();
                                case "inflight" -> services.inFlight();
                                case "blamed" ->
                                    services.outcomes.stream()
                                            .filter(Outcome::isEndpointFailure)
                                            .count();
                                case "closed" -> recorder.closed;
                                case "hog" -> hog();
                                case "unhog" -> unhog();
                                default -> throw new IllegalArgumentException(question);
                            });
                }
            }
        }
    }
}
