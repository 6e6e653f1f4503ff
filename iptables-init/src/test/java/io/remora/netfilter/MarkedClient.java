package io.remora.netfilter;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Dials with a type of service, {@code DSCP ADDRESS PORT}, and prints the first line that it is told, or "nothing". */
final class MarkedClient {

    private MarkedClient() {}

    public static void main(String[] args) throws IOException {
        InetAddress address = InetAddress.getByName(args[1]);
        // A java.net.Socket is one of IPv6 and would mark only what goes there.
        try (SocketChannel channel = SocketChannel.open(
                address instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6)) {
            channel.setOption(StandardSocketOptions.IP_TOS, Integer.parseInt(args[0]) << 2);
            channel.connect(new InetSocketAddress(address, Integer.parseInt(args[2])));
            System.out.println(new BufferedReader(
                            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.US_ASCII))
                    .readLine());
        }
    }
}
