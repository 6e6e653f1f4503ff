package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class NetfilterOriginalAddressTest {

    @Test
    void ipv4SocketAddressIsRead() {
        // struct sockaddr_in: the family in the machine's order, port and address in network order.
        ByteBuffer address =
                ByteBuffer.wrap(HexFormat.of().parseHex("0200" + "01bb" + "0a60000a" + "0000000000000000"));
        assertThat(NetfilterOriginalAddress.parse(address, true)).hasToString("10.96.0.10:443");
    }

    @Test
    void ipv6SocketAddressIsRead() {
        // struct sockaddr_in6: family, port, flow information, address, scope.
        ByteBuffer address = ByteBuffer.wrap(HexFormat.of()
                .parseHex("0a00" + "c350" + "00000000" + "fd960000000000000000000000000010" + "00000000"));
        assertThat(NetfilterOriginalAddress.parse(address, false)).hasToString("[fd96::10]:50000");
    }
}
