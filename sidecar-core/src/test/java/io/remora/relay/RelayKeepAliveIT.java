package io.remora.relay;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** TCP keep-alive towards endpoints, as the kernel shows its timers. */
class RelayKeepAliveIT extends RelayTestCase {

    private static final String ESTABLISHED = "01";
    private static final String KEEP_ALIVE_TIMER = "02:";

    @Test
    void upstreamConnectionThatLastsIsKeptAlive() throws Exception {
        ServerSocket server = listen();
        services.shop(address(server));
        Duration second = Duration.ofSeconds(1);
        RelayServer relay = start(new RelayConfig(
                config.listen(),
                config.threads(),
                config.connect(),
                config.hold(),
                config.expiry(),
                new RelayConfig.KeepAlive(second, second, 9),
                config.resetDelivery(),
                config.memory(),
                config.dscp()));
        dial(relay);
        accept(server);
        await().atMost(PATIENCE).until(() -> isKeptAlive(server.getLocalPort()));
    }

    /** Whether a connection to a port of this machine has a running keep-alive timer (proc_net_tcp of the kernel). */
    private static boolean isKeptAlive(int port) throws IOException {
        String suffix = ":%04X".formatted(port);
        return Files.readAllLines(Path.of("/proc/net/tcp")).stream()
                .map(line -> line.strip().split(" +", -1))
                .anyMatch(field -> field[2].endsWith(suffix)
                        && field[3].equals(ESTABLISHED)
                        && field[5].startsWith(KEEP_ALIVE_TIMER));
    }
}
