package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.discovery.TransportAddress;
import io.remora.registry.ServiceRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Refusal by the kernel, behind real nftables rules in a network namespace. Needs root, {@code unshare}, {@code nsenter},
 * {@code setpriv}, {@code ip}, {@code nft} and {@code iptables}; skipped without, unless the system property {@code
 * remora.test.require.kernel} is true.
 */
class RelayRefusalIT {

    private static final int CONNECTIONS = 300;
    private static final String ANSWER = "> "; // before lines that are not of the log

    private static final String NETWORK = """
            set -e
            ulimit -n $(ulimit -H -n)
            ip link set lo up
            ip addr add 10.0.0.1/32 dev lo
            ip addr add 10.96.9.9/32 dev lo
            ip -6 addr add fd00::1/128 dev lo nodad
            ip route add 10.96.0.0/16 dev lo
            ip -6 route add fd96::/64 dev lo
            """;

    private static final String AS_AGENT = "set -- setpriv --regid 1337 --clear-groups \"$@\"\n";
    private static final String SPREAD = NETWORK + table("ip", "10.96.0.0/16") + table("ip6", "fd96::/64") + AS_AGENT;
    private static final String ONE_PORT = NETWORK
            + "iptables-legacy -t nat -A OUTPUT -p tcp -d 10.96.0.0/16 -m owner ! --gid-owner 1337"
            + " -j REDIRECT --to-ports 15001\n" + AS_AGENT;

    @BeforeEach
    void needsTheKernel() throws Exception {
        ChildJvm.requireNamespace(SPREAD + ONE_PORT.substring(NETWORK.length()));
    }

    @Test
    void serviceWithoutEndpointsIsRefusedUntilOneIsReadyAndAgainAfterTheLastIsGone() throws Exception {
        try (ChildJvm child = ChildJvm.startInNamespace(SPREAD, InNamespace.class)) {
            assertThat(answer(child)).isEqualTo("started");
            for (String address : List.of("10.96.0.10", "fd96::10")) {
                assertThat(dial(child, address, 80)).isEqualTo("refused");
            }
            for (int round = 0; round < 3; round++) {
                assertThat(ask(child, "endpoints")).isEqualTo("done");
                for (String address : List.of("10.96.0.10", "fd96::10")) {
                    assertThat(dialUntil(child, address, "answered")).isLessThan(Duration.ofSeconds(1));
                }
                assertThat(ask(child, "none")).isEqualTo("done");
                for (String address : List.of("10.96.0.10", "fd96::10")) {
                    assertThat(dialUntil(child, address, "refused")).isLessThan(Duration.ofSeconds(1));
                }
            }
            assertThat(ask(child, "explain")).startsWith("true nobody listens on port 61065");
        }
    }

    @Test
    void addressThatNoServiceHasIsPassedThroughAndOneThatSharesItsPortIsAcceptedAndReset() throws Exception {
        try (ChildJvm child = ChildJvm.startInNamespace(SPREAD, InNamespace.class)) {
            assertThat(answer(child)).isEqualTo("started");
            assertThat(dial(child, "10.96.9.9", 8080)).isEqualTo("answered"); // somebody's, though no Service's
            assertThat(dial(child, "10.96.0.10", 80)).isEqualTo("refused");
            assertThat(ask(child, "share")).isEqualTo("done");
            assertThat(dialUntil(child, "10.96.0.10", "reset")).isLessThan(Duration.ofSeconds(1));
            assertThat(ask(child, "explain")).startsWith("false it shares port 61065 with 10.96.");
            assertThat(dial(child, "127.0.0.1", 61000)).as("the relay itself").isEqualTo("reset");
        }
    }

    @Test
    void rulesThatDoNotSpreadHaveTheConnectionAcceptedAndReset() throws Exception {
        try (ChildJvm child = ChildJvm.startInNamespace(ONE_PORT, InNamespace.class)) {
            assertThat(answer(child)).isEqualTo("started");
            assertThat(dial(child, "10.96.0.10", 80)).isEqualTo("reset");
            assertThat(ask(child, "explain"))
                    .isEqualTo("false the init step's rules do not spread addresses over ports");
            assertThat(ask(child, "endpoints")).isEqualTo("done");
            assertThat(dial(child, "10.96.0.10", 80)).isEqualTo("answered");
        }
    }

    @Test
    void portThatTheAppHasStaysItsOwnAndIsTakenOnceItIsFree() throws Exception {
        try (ChildJvm child = ChildJvm.startInNamespace(SPREAD, InNamespace.class, "taken")) {
            assertThat(answer(child)).isEqualTo("started");
            assertThat(dial(child, "fd96::10", 80)).isEqualTo("refused");
            assertThat(ask(child, "endpoints")).isEqualTo("done");
            assertThat(dialUntil(child, "fd96::10", "answered")).isLessThan(Duration.ofSeconds(1));
            assertThat(dial(child, "10.96.0.10", 80)).isNotEqualTo("answered"); // the app's, which accepts nothing
            assertThat(ask(child, "free")).isEqualTo("done");
            assertThat(dialUntil(child, "10.96.0.10", "answered")).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void connectionsArriveAtThePortThatIsComputed() throws Exception {
        try (ChildJvm child = ChildJvm.startInNamespace(SPREAD.replace(AS_AGENT, ""), Arrivals.class)) {
            assertThat(ask(child, "10.96 127.0.0.1")).isEqualTo(CONNECTIONS + " as computed, 0 not");
            assertThat(ask(child, "fd96 ::1")).isEqualTo(CONNECTIONS + " as computed, 0 not");
        }
    }

    private static String table(String family, String services) {
        RefusalConfig config = RefusalConfig.DEFAULT;
        HashedPorts ports = HashedPorts.of(config);
        String map = IntStream.range(0, ports.count())
                .mapToObj(i -> i + " : " + (ports.first() + i))
                .collect(Collectors.joining(", "));
        return """
                nft -f - <<'EOF'
                table %1$s remora {
                  chain output {
                    type nat hook output priority -101
                    meta skgid 1337 return
                    %1$s daddr %2$s meta l4proto tcp redirect to :jhash %1$s daddr . tcp dport mod %3$d seed %4$d map { %5$s }
                  }
                }
                EOF
                """.formatted(family, services, ports.count(), HashedPorts.SEED, map);
    }

    private static String ask(ChildJvm child, String question) throws IOException {
        child.write(question);
        return answer(child);
    }

    private static String answer(ChildJvm child) throws IOException {
        String line = child.read();
        while (!line.startsWith(ANSWER)) {
            line = child.read();
        }
        return line.substring(ANSWER.length());
    }

    /** What becomes of a connection: {@code refused}, {@code reset} after it was accepted, or {@code answered}. */
    private static String dial(ChildJvm child, String address, int port) throws Exception {
        String script = "exec 3<>/dev/tcp/" + address + "/" + port
                + " || { echo refused; exit; }; echo hello >&3; head -n 1 <&3 | grep . || echo reset";
        Process client = new ProcessBuilder(
                        "nsenter",
                        "--target",
                        String.valueOf(child.pid()),
                        "--net",
                        "timeout",
                        "5",
                        "bash",
                        "-c",
                        script)
                .start();
        String said = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        String error = new String(client.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(client.waitFor(10, TimeUnit.SECONDS)).isTrue();
        if (said.equals("refused")) {
            assertThat(error).contains("Connection refused");
        }
        return said;
    }

    private static Duration dialUntil(ChildJvm child, String address, String wanted) throws Exception {
        long start = System.nanoTime();
        long deadline = start + RelayTestCase.PATIENCE.toNanos();
        String last = dial(child, address, 80);
        while (!last.equals(wanted) && System.nanoTime() < deadline) {
            last = dial(child, address, 80);
        }
        assertThat(last).isEqualTo(wanted);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** A relay that refuses, with a Service of two families and an endpoint in each. */
    static final class InNamespace {

        private InNamespace() {}

        public static void main(String[] arguments) throws Exception {
            TransportAddress shop = TransportAddress.tcp(IpAddress.parse("10.96.0.10"), 80);
            HashedPorts ports = HashedPorts.of(RefusalConfig.DEFAULT);
            RefusalBuckets refusal = new RefusalBuckets(RefusalConfig.DEFAULT);
            StaticDiscoverySource source = new StaticDiscoverySource(List.of(shop(List.of())));
            BalancerRegistry balancers = new BalancerRegistry(BalancerPolicy.ROUND_ROBIN, (endpoint, outcome) -> {});
            ServiceRegistry registry = new ServiceRegistry(source, List.of(balancers, refusal), Runnable::run);
            ServerSocket app = new ServerSocket();
            if (arguments.length > 0) {
                app.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.port(ports.bucket(shop))));
            }
            try (ServerSocket v4 = answer("10.0.0.1");
                    ServerSocket v6 = answer("fd00::1");
                    ServerSocket foreign = answer("10.96.9.9");
                    RelayServer relay =
                            new RelayServer(RelayConfig.DEFAULT, registry, balancers, RelayListener.NONE, refusal);
                    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                List<InetSocketAddress> both = List.of(
                        (InetSocketAddress) v4.getLocalSocketAddress(), (InetSocketAddress) v6.getLocalSocketAddress());
                relay.start();
                registry.start();
                System.out.println(ANSWER + (foreign.isBound() ? "started" : "no endpoint"));
                for (String question = in.readLine(); question != null; question = in.readLine()) {
                    switch (question) {
                        case "endpoints" -> source.update(shop(both));
                        case "none" -> source.update(shop(List.of()));
                        case "share" ->
                            source.update(service("cart", List.of(sharing(ports, shop)), both.subList(0, 1)));
                        case "free" -> app.close();
                        default -> {}
                    }
                    System.out.println(ANSWER
                            + (question.equals("explain")
                                    ? refusal.refuses(shop) + " " + refusal.reason(shop)
                                    : "done"));
                }
            }
        }

        private static ServiceSnapshot shop(List<InetSocketAddress> endpoints) {
            return service("shop", List.of(IpAddress.parse("10.96.0.10"), IpAddress.parse("fd96::10")), endpoints);
        }

        private static ServiceSnapshot service(
                String name, List<IpAddress> clusterIps, List<InetSocketAddress> endpoints) {
            ServiceSnapshot single =
                    TestServices.snapshot(TestServices.CLUSTER_IP, endpoints.toArray(new InetSocketAddress[0]));
            ServiceSpec spec = ServiceSpec.builder()
                    .clusterIps(clusterIps)
                    .ports(List.of(ServicePort.tcp("", 80)))
                    .build();
            return new ServiceSnapshot(new ServiceId("default", name), spec, single.endpoints(), null);
        }

        private static IpAddress sharing(HashedPorts ports, TransportAddress with) {
            return IntStream.range(0, 65536)
                    .mapToObj(i -> IpAddress.ofIpv4(10 << 24 | 96 << 16 | i))
                    .filter(ip ->
                            !ip.equals(with.ip()) && ports.bucket(TransportAddress.tcp(ip, 80)) == ports.bucket(with))
                    .findFirst()
                    .orElseThrow();
        }

        /** Answers every connection with a line. */
        private static ServerSocket answer(String address) throws IOException {
            ServerSocket server = new ServerSocket(8080, 50, InetAddress.getByName(address));
            Thread thread = new Thread(() -> {
                try {
                    while (true) {
                        try (Socket socket = server.accept()) {
                            socket.getInputStream().read();
                            socket.getOutputStream().write("answered\n".getBytes(StandardCharsets.UTF_8));
                        }
                    }
                } catch (IOException e) {
                    // the process ends
                }
            });
            thread.setDaemon(true);
            thread.start();
            return server;
        }
    }

    /** Listens on all ports and tells where connections to random addresses arrive. */
    static final class Arrivals {

        private Arrivals() {}

        public static void main(String[] arguments) throws IOException {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String question = in.readLine(); question != null; question = in.readLine()) {
                String[] words = question.split(" ", -1);
                System.out.println(ANSWER + count(words[0], words[1]));
            }
        }

        private static String count(String prefix, String loopback) throws IOException {
            HashedPorts ports = HashedPorts.of(RefusalConfig.DEFAULT);
            Random random = new Random(96);
            int right = 0;
            try (Selector selector = Selector.open()) {
                for (int i = 0; i < ports.count(); i++) {
                    ServerSocketChannel listener = ServerSocketChannel.open();
                    listener.bind(new InetSocketAddress(loopback, ports.first() + i));
                    listener.configureBlocking(false);
                    listener.register(selector, SelectionKey.OP_ACCEPT);
                }
                for (int i = 0; i < CONNECTIONS; i++) {
                    String ip = prefix.equals("fd96")
                            ? "fd96::" + Long.toHexString(random.nextInt(65536)) + ":"
                                    + Long.toHexString(random.nextInt(65536))
                            : prefix + "." + random.nextInt(256) + "." + random.nextInt(256);
                    int port = 1 + random.nextInt(65535);
                    int computed = ports.port(ports.bucket(TransportAddress.tcp(IpAddress.parse(ip), port)));
                    right += arrival(selector, new InetSocketAddress(ip, port)) == computed ? 1 : 0;
                }
            }
            return right + " as computed, " + (CONNECTIONS - right) + " not";
        }

        private static int arrival(Selector selector, InetSocketAddress target) throws IOException {
            try (SocketChannel dialled = SocketChannel.open(target)) {
                selector.select(RelayTestCase.PATIENCE.toMillis());
                int port = 0;
                for (SelectionKey key : selector.selectedKeys()) {
                    ServerSocketChannel listener = (ServerSocketChannel) key.channel();
                    try (SocketChannel accepted = listener.accept()) {
                        if (accepted.getRemoteAddress().equals(dialled.getLocalAddress())) {
                            port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
                        }
                    }
                }
                selector.selectedKeys().clear();
                return port;
            }
        }
    }
}
