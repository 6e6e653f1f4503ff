package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteOrder;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketTableTest {

    private static final String TABLE = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:3A99 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1337        0 1 1 0 100 0 0 10 0
               1: 0100007F:3A99 0500000A:9C40 01 00000000:00000000 00:00000000 00000000  1337        0 2 1 0 20 0 0 10 -1
               2: 0500000A:9C40 0000600A:0009 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 20 0 0 10 -1
               3: 0000000000000000FFFF00000100007F:3A99 0000000000000000FFFF00000600000A:9C41 01 0 0 0 0
               4: 00000000000000000000000001000000:3A99 000001FD000000000000000005000000:9C42 03 0 0 0 0
            """;

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.5 40000", "10.0.0.6 40001", "fd01::5 40002"})
    void aConnectionAtThePortIsFoundByItsOtherEnd(String peer) {
        assumeTrue(
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "the table was written by a little-endian kernel");
        int space = peer.indexOf(' ');
        Address address = address(peer.substring(0, space));
        int port = Integer.parseInt(peer.substring(space + 1));
        assertThat(SocketTable.contains(TABLE, 15001, address, port)).isTrue();
        assertThat(SocketTable.contains(TABLE, 15002, address, port)).isFalse();
        assertThat(SocketTable.contains(TABLE, 15001, address, port + 10)).isFalse();
        assertThat(SocketTable.contains(TABLE, 15001, address("10.0.0.9"), port))
                .isFalse();
    }

    @Test
    void theKernelsOwnTableShowsAConnectionThatNobodyAccepted() throws IOException {
        SocketTable sockets = new SocketTable(new ProcSelf("/proc/self"));
        try (ServerSocket listener = new ServerSocket(0, 4, InetAddress.getLoopbackAddress());
                Socket dialled = new Socket()) {
            dialled.connect(new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()), 5000);
            Address local = Address.of(dialled.getLocalAddress());
            assertThat(sockets.hasConnection(listener.getLocalPort(), local, dialled.getLocalPort()))
                    .isTrue();
            assertThat(sockets.hasConnection(dialled.getLocalPort(), local, listener.getLocalPort()))
                    .as("seen from the other end")
                    .isTrue();
            assertThat(sockets.hasConnection(listener.getLocalPort(), local, listener.getLocalPort()))
                    .isFalse();
        }
    }

    private static Address address(String text) {
        return Objects.requireNonNull(Address.parse(text));
    }
}
