package io.remora.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Listening before there is a relay, with real sockets. */
class CaptureSocketsIT extends RelayTestCase {

    @Test
    void whoDialsWhileTheRelayIsStillToBeMadeIsServedOnceItIs() throws Exception {
        services.shop(echo("127.0.0.1"));
        CaptureSockets sockets = closing(CaptureSockets.bind(config));
        List<Socket> early = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Socket client = closing(new Socket());
            client.setSoTimeout((int) PATIENCE.toMillis());
            client.connect(sockets.addresses().get(0).toSocketAddress());
            client.getOutputStream().write("hello".getBytes(UTF_8));
            early.add(client);
        }
        RelayServer relay = start(sockets);
        assertThat(relay.addresses()).contains((InetSocketAddress) early.get(0).getRemoteSocketAddress());
        for (Socket client : early) {
            assertThat(client.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes(UTF_8));
            client.close();
        }
        assertNothingLeft(relay);
    }

    @Test
    void captureSocketsServeOneRelayAndAreClosedWithoutOne() throws Exception {
        CaptureSockets taken = CaptureSockets.bind(config);
        RelayServer relay = start(taken);
        assertThatIllegalStateException().isThrownBy(() -> start(taken)).withMessageContaining("taken");
        taken.close();
        dial(relay).close(); // its relay still has them

        CaptureSockets unused = CaptureSockets.bind(config);
        assertThatIllegalStateException()
                .isThrownBy(() -> unused.take(config.threads() + 1))
                .withMessageContaining("event loops");
        unused.close();
        assertThatExceptionOfType(ConnectException.class)
                .isThrownBy(() ->
                        closing(new Socket()).connect(unused.addresses().get(0).toSocketAddress()));
    }
}
