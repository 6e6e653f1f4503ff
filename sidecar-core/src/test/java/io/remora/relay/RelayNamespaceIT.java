package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The relay behind real iptables rules, in a network namespace that lives as long as the child process in it. Needs root,
 * {@code unshare}, {@code ip}, {@code iptables} and {@code ip6tables}; skipped without, unless the system property
 * {@code remora.test.require.kernel} is true.
 */
class RelayNamespaceIT {

    private static final String RULES = """
            set -e
            ip link set lo up
            ip addr add 10.0.0.1/32 dev lo
            ip route add 10.96.0.0/16 dev lo
            ip -6 addr add fd00::1/128 dev lo nodad
            ip -6 route add fd96::/64 dev lo
            iptables -t nat -A OUTPUT -p tcp -d 10.96.0.0/16 -j REDIRECT --to-ports 15001
            ip6tables -t nat -A OUTPUT -p tcp -d fd96::/64 -j REDIRECT --to-ports 15001
            """;

    @BeforeEach
    void needsTheKernel() throws Exception {
        ChildJvm.requireNamespace(RULES);
    }

    @Test
    void redirectedConnectionsReachTheirEndpointsInBothFamilies() throws Exception {
        try (ChildJvm child = ChildJvm.startInNamespace(RULES, InNamespace.class)) {
            assertThat(child.ask("10.96.0.10 80")).isEqualTo("endpoint 10.0.0.1 original 10.96.0.10:80");
            assertThat(child.ask("fd96::10 80")).isEqualTo("endpoint fd00:0:0:0:0:0:0:1 original [fd96::10]:80");
            assertThat(child.ask("closed")).isEqualTo("COMPLETED, COMPLETED");
        }
    }

    @Test
    void connectionThatNoRuleRedirectedIsRecognised() throws Exception {
        try (ChildJvm child = ChildJvm.startInNamespace(RULES, InNamespace.class)) {
            assertThat(child.ask("127.0.0.1 15001")).isEqualTo("reset");
            assertThat(child.ask("::1 15001")).isEqualTo("reset");
            assertThat(child.ask("closed")).isEqualTo("NOT_REDIRECTED, NOT_REDIRECTED");
        }
    }

    @Test
    void ownDialThatTheRulesCaptureIsRecognised() throws Exception {
        try (ChildJvm child = ChildJvm.startInNamespace(RULES, InNamespace.class)) {
            assertThat(child.ask("10.96.0.99 80")).isEqualTo("reset"); // unknown: passed through, and captured again
            assertThat(child.ask("fd96::99 80")).isEqualTo("reset");
            // The connection that came back and the one that it came from, each time.
            assertThat(child.ask("closed").split(", ", -1))
                    .hasSize(4)
                    .isSubsetOf("LOOP", "LOCAL_ERROR")
                    .filteredOn("LOOP"::equals)
                    .hasSizeGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void ownDialIsKnownByItsTypeOfServiceWhichItHasUntilItIsConnected() throws Exception {
        String rules = RULES + """
            ip addr add 10.96.0.99/32 dev lo
            ip -6 addr add fd96::99/128 dev lo nodad
            for p in iptables ip6tables; do
              $p -t nat -I OUTPUT -m dscp --dscp 3 -j RETURN
              $p -A OUTPUT -p tcp --dport 8080 --tcp-flags SYN,ACK SYN -m dscp --dscp 3
              $p -A OUTPUT -p tcp --dport 8080 --tcp-flags PSH PSH -m dscp ! --dscp 0
            done
            """;
        ChildJvm.requireNamespace(rules);
        try (ChildJvm child = ChildJvm.startInNamespace(rules, InNamespace.class, "3", "10.96.0.99", "fd96::99")) {
            // Unknown addresses, passed through to where they lead.
            assertThat(child.ask("10.96.0.99 8080")).isEqualTo("endpoint 10.96.0.99 original 10.96.0.99:8080");
            assertThat(child.ask("fd96::99 8080")).isEqualTo("endpoint fd96:0:0:0:0:0:0:99 original [fd96::99]:8080");
            assertThat(child.ask("10.96.0.10 80")).isEqualTo("endpoint 10.0.0.1 original 10.96.0.10:80");
            assertThat(child.ask("closed")).isEqualTo("COMPLETED, COMPLETED, COMPLETED");
            // Two marked handshakes of IPv4, one of IPv6, and the app's bytes have no mark.
            assertThat(child.ask("counted")).isEqualTo("2 0 1 0");
        }
    }

    /** A relay with the defaults, an endpoint in each family, and a client. */
    static final class InNamespace {

        private static final List<String> CLUSTER_IPS = List.of("10.96.0.10", "fd96::10");

        private InNamespace() {}

        public static void main(String[] arguments) throws Exception {
            TestServices services = new TestServices();
            RelayTestCase.Recorder recorder = new RelayTestCase.Recorder();
            int dscp = arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]);
            for (int i = 1; i < arguments.length; i++) {
                greet(arguments[i]); // ends with the process
            }
            try (ServerSocket v4 = greet("10.0.0.1");
                    ServerSocket v6 = greet("fd00::1");
                    RelayServer relay = new RelayServer(
                            RelayConfig.DEFAULT.withDscp(dscp), services.registry, services.balancers, recorder);
                    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                services.dualStack(
                        CLUSTER_IPS.stream().map(IpAddress::parse).toList(),
                        (InetSocketAddress) v4.getLocalSocketAddress(),
                        (InetSocketAddress) v6.getLocalSocketAddress());
                relay.start();
                for (String question = in.readLine(); question != null; question = in.readLine()) {
                    String[] address = question.split(" ", -1);
                    System.out.println(
                            question.equals("counted")
                                    ? counted()
                                    : address.length == 1
                                            ? recorder.closedWhenIdle(relay).stream()
                                                    .map(CloseReason::name)
                                                    .collect(Collectors.joining(", "))
                                            : dial(relay, address[0], Integer.parseInt(address[1])));
                }
            }
        }

        /** How many packets each rule of the filter tables has counted. */
        private static String counted() throws IOException {
            Process process = new ProcessBuilder(
                            "sh",
                            "-c",
                            "{ iptables-save -c -t filter; ip6tables-save -c -t filter; }"
                                    + " | sed -n 's/^\\[\\([0-9]*\\):.*-A OUTPUT.*/\\1/p' | paste -sd' '")
                    .start();
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                return out.readLine();
            }
        }

        private static String dial(RelayServer relay, String address, int port) {
            try (Socket socket = new Socket(address, port)) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write('?'); // answered with a line
                String answer = new BufferedReader(
                                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                        .readLine();
                List<TransportAddress> originals = relay.connections().stream()
                        .map(ConnectionView::original)
                        .toList();
                return "endpoint " + answer + " original " + originals.get(originals.size() - 1);
            } catch (IOException e) {
                return "reset";
            }
        }

        /** Says its address to whoever asks, and waits for the client to close. */
        private static ServerSocket greet(String address) throws IOException {
            ServerSocket server = new ServerSocket(8080, 50, InetAddress.getByName(address));
            Thread thread = new Thread(() -> {
                try {
                    while (true) {
                        try (Socket socket = server.accept()) {
                            if (socket.getInputStream().read() == '?') {
                                String answer = server.getInetAddress().getHostAddress() + "\n";
                                socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                                socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                            }
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
}
