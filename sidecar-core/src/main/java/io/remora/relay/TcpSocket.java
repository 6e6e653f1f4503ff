package io.remora.relay;

import io.netty.channel.ChannelException;
import io.netty.channel.unix.Socket;
import io.remora.discovery.IpFamily;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/** A non-blocking TCP socket with what Linux tells of it. Not thread-safe: its event loop owns it. */
final class TcpSocket extends Socket {

    /** States of {@code include/net/tcp_states.h}. */
    static final int SYN_SENT = 2;

    static final int CLOSE = 7;

    private static final int IPPROTO_IP = 0;
    private static final int IP_TOS = 1;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_TCLASS = 67;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;
    private static final int TCP_INFO = 11;
    private static final int UNACKED_OFFSET = 24; // struct tcp_info.tcpi_unacked, segments
    private static final int BYTES_RECEIVED_OFFSET = 128; // struct tcp_info.tcpi_bytes_received, since Linux 4.1
    private static final int NOTSENT_OFFSET = 144; // struct tcp_info.tcpi_notsent_bytes, since Linux 4.6

    TcpSocket(int fd) {
        super(fd);
    }

    /** Opens a socket. */
    static TcpSocket open(IpFamily family) throws IOException {
        try {
            return new TcpSocket(newSocketStream0(family == IpFamily.IPV6));
        } catch (ChannelException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Sends small segments at once and finds out about a peer that is gone. An accepted socket inherits both. */
    void tune(RelayConfig.KeepAlive keepAlive) throws IOException {
        setTcpNoDelay(true);
        keepAlive(keepAlive);
    }

    /** Finds out about a peer that is gone. Four system calls. */
    void keepAlive(RelayConfig.KeepAlive keepAlive) throws IOException {
        setKeepAlive(true);
        setIntOpt(IPPROTO_TCP, TCP_KEEPIDLE, (int) keepAlive.idle().toSeconds());
        setIntOpt(IPPROTO_TCP, TCP_KEEPINTVL, (int) keepAlive.interval().toSeconds());
        setIntOpt(IPPROTO_TCP, TCP_KEEPCNT, keepAlive.probes());
    }

    /**
     * Sets the Differentiated Services Code Point of what is sent from now on, that of the SYN if it is not sent yet. Linux
     * leaves the two bits below, for congestion notification, as they are.
     *
     * @param dscp 0 to 63
     */
    void dscp(IpFamily family, int dscp) throws IOException {
        if (family == IpFamily.IPV6) {
            setIntOpt(IPPROTO_IPV6, IPV6_TCLASS, dscp << 2);
        } else {
            setIntOpt(IPPROTO_IP, IP_TOS, dscp << 2);
        }
    }

    /** Returns the TCP state; {@link #CLOSE} once it was reset. */
    int state() {
        try {
            return getIntOpt(IPPROTO_TCP, TCP_INFO) & 0xff; // tcpi_state is the first byte; both architectures are LE
        } catch (IOException e) {
            return CLOSE;
        }
    }

    /** Whether the peer has sent a byte. */
    boolean hasReceived() {
        ByteBuffer info = info(BYTES_RECEIVED_OFFSET + Long.BYTES);
        return info != null && info.getLong(BYTES_RECEIVED_OFFSET) > 0;
    }

    /** Whether the peer's kernel has all bytes that were written, so that a reset takes none of them away. */
    boolean isDelivered() {
        ByteBuffer info = info(NOTSENT_OFFSET + Integer.BYTES);
        if (info == null || info.get(0) == CLOSE) {
            return true; // there is nobody left to deliver to
        }
        return info.getInt(UNACKED_OFFSET) == 0 && info.getInt(NOTSENT_OFFSET) == 0;
    }

    private @Nullable ByteBuffer info(int length) {
        ByteBuffer info = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        try {
            getRawOpt(IPPROTO_TCP, TCP_INFO, info);
            return info;
        } catch (IOException | NotYetConnectedException e) {
            return null;
        }
    }

    /**
     * Closes it.
     *
     * @param reset with a RST, which drops what the peer's kernel does not have yet
     */
    void close(boolean reset) {
        try {
            if (reset) {
                setSoLinger(0);
            }
        } catch (IOException e) {
            // A socket that its peer has reset takes no options; it is gone either way.
        }
        try {
            close();
        } catch (IOException e) {
            // The descriptor is free whatever close() says (close(2)).
        }
    }
}
