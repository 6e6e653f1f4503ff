package io.remora.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.epoll.Epoll;
import io.remora.client.ServiceNames;
import io.remora.config.ConfigReader;
import io.remora.config.RemoraConfig;
import io.remora.config.SettingSources;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.registry.DestinationId;
import io.remora.relay.CloseReason;
import io.remora.relay.RefusalBuckets;
import io.remora.relay.RelayListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EmbeddedRelayTest {

    private final BlockingQueue<CloseReason> closed = new LinkedBlockingQueue<>();
    private final RelayListener listener = new RelayListener() {
        @Override
        public void closed(
                @Nullable DestinationId destination, CloseReason reason, long sent, long received, long nanos) {
            closed.add(reason);
        }
    };

    @BeforeEach
    void needsEpoll() {
        assumeThat(Epoll.isAvailable()).as("Netty's native epoll transport").isTrue();
    }

    @Test
    void itListensWatchesAndEnds() throws Exception {
        int port = freePort();
        RemoraConfig config = config(port, "100ms");
        try (Remora remora = remora(config)) {
            EmbeddedRelay relay = relay(remora);
            assertThat(relay.addresses()).isEmpty();
            relay.start();
            assertThat(relay.addresses()).isNotEmpty().allMatch(address -> address.port() == port);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> remora.registry().snapshot().synced());
            assertThat(relay.isHolding()).isFalse();

            try (Socket direct = new Socket(InetAddress.getLoopbackAddress(), port)) {
                direct.setSoTimeout(10_000);
                assertThat(closed.poll(10, TimeUnit.SECONDS)).isEqualTo(CloseReason.NOT_REDIRECTED);
            }
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> relay.active() == 0); // it is told before
            relay.close();
            relay.close();
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close(); // the port is free again
        }
    }

    @Test
    void aPortThatIsTakenIsNamedWithItsSetting() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Remora remora = remora(config(taken.getLocalPort(), "1s"));
                EmbeddedRelay relay = relay(remora)) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(relay::start)
                    .withMessageContaining("remora.capture-port");
        }
    }

    private EmbeddedRelay relay(Remora remora) {
        return new EmbeddedRelay(remora, new RefusalBuckets(remora.config().refusal()), listener);
    }

    private static Remora remora(RemoraConfig config) {
        return Remora.builder(config, new ServiceNames("shop", "cluster.local"), new StaticDiscoverySource(List.of()))
                .build();
    }

    private static RemoraConfig config(int port, String timeout) {
        return ConfigReader.read(SettingSources.ofApplication(Map.of(
                        "remora.capture-port",
                        Integer.toString(port),
                        "remora.refusal",
                        "off",
                        "remora.threads",
                        "1",
                        "remora.shutdown.timeout",
                        timeout)))
                .config();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
