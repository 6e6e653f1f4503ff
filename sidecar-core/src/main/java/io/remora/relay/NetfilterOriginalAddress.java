package io.remora.relay;

import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.Socket;
import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.discovery.TransportAddress;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * SO_ORIGINAL_DST of netfilter ({@code linux/netfilter_ipv4.h}, {@code linux/netfilter_ipv6/ip6_tables.h}): the
 * destination in the connection's first packet.
 */
final class NetfilterOriginalAddress implements OriginalAddress {

    private static final int SOL_IP = 0;
    private static final int SOL_IPV6 = 41;
    private static final int SO_ORIGINAL_DST = 80; // the same number in both families
    private static final int SOCKADDR_IN = 16;
    private static final int SOCKADDR_IN6 = 28;
    private static final int PORT_OFFSET = 2;
    private static final int IPV4_OFFSET = 4;
    private static final int IPV6_OFFSET = 8;

    @Override
    public @Nullable TransportAddress read(Socket accepted, IpFamily family) throws IOException {
        boolean ipv4 = family == IpFamily.IPV4;
        ByteBuffer address = ByteBuffer.allocate(ipv4 ? SOCKADDR_IN : SOCKADDR_IN6);
        try {
            accepted.getRawOpt(ipv4 ? SOL_IP : SOL_IPV6, SO_ORIGINAL_DST, address);
        } catch (FileNotFoundException e) {
            return null; // ENOENT: connection tracking does not know it
        } catch (NativeIoException e) {
            if (Errno.of(e) == Errno.ENOENT || Errno.of(e) == Errno.ENOPROTOOPT) {
                return null; // ENOPROTOOPT: no connection tracking in this kernel or namespace
            }
            throw e;
        }
        return parse(address, ipv4);
    }

    /** The port and the address are in network order; the family before them is not needed. */
    static TransportAddress parse(ByteBuffer address, boolean ipv4) {
        int port = Short.toUnsignedInt(address.getShort(PORT_OFFSET));
        IpAddress ip = ipv4
                ? IpAddress.ofIpv4(address.getInt(IPV4_OFFSET))
                : IpAddress.ofIpv6(address.getLong(IPV6_OFFSET), address.getLong(IPV6_OFFSET + Long.BYTES));
        return TransportAddress.tcp(ip, port);
    }
}
