package io.remora.relay;

import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.discovery.TransportAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One address with a listening socket for each event loop.
 *
 * @param sockets in the order of the loops
 */
record Listening(TransportAddress address, List<TcpSocket> sockets) {

    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final Logger LOGGER = LoggerFactory.getLogger(RelayServer.class);

    /**
     * Binds every address that this machine has.
     *
     * @throws IOException if none of them can be bound, or one is in use; its cause has the kernel's error number
     */
    static List<Listening> bindAll(RelayConfig.Listen config, RelayConfig.KeepAlive keepAlive, int loops)
            throws IOException {
        List<Listening> all = new ArrayList<>();
        int port = config.port();
        IOException lacking = null;
        try {
            for (IpAddress ip : config.addresses()) {
                try {
                    Listening bound = bind(TransportAddress.tcp(ip, port), config.backlog(), keepAlive, loops);
                    all.add(bound);
                    port = bound.address.port(); // one port for all, also when the kernel chose it
                } catch (IOException e) {
                    int errno = Errno.of(e);
                    if (errno != Errno.EADDRNOTAVAIL && errno != Errno.EAFNOSUPPORT) {
                        throw new IOException(
                                "cannot listen on " + TransportAddress.tcp(ip, port) + " (setting remora.capture-port)"
                                        + (errno == Errno.EADDRINUSE
                                                ? ": another program, or another relay, has it"
                                                : ""),
                                e);
                    }
                    lacking = e;
                    LOGGER.atInfo().addKeyValue("address", ip).log("this machine lacks an address to listen on");
                }
            }
            if (all.isEmpty()) {
                throw new IOException(
                        "this machine has none of the addresses to listen on (setting remora.capture-addresses): "
                                + config.addresses(),
                        lacking);
            }
            return all;
        } catch (IOException | RuntimeException | Error e) {
            all.forEach(Listening::close);
            throw e;
        }
    }

    private static Listening bind(TransportAddress wanted, int backlog, RelayConfig.KeepAlive keepAlive, int loops)
            throws IOException {
        if (wanted.port() != 0) {
            // Among those that share a port nobody notices another; one that does not want to share does.
            TcpSocket probe = open(wanted, keepAlive, false);
            probe.close(false);
        }
        List<TcpSocket> sockets = new ArrayList<>();
        TransportAddress address = wanted;
        try {
            for (int i = 0; i < loops; i++) {
                TcpSocket socket = open(address, keepAlive, loops > 1);
                sockets.add(socket);
                InetSocketAddress local = socket.localAddress();
                if (local != null) {
                    address = TransportAddress.tcp(wanted.ip(), local.getPort());
                }
            }
            for (TcpSocket socket : sockets) {
                socket.listen(backlog);
            }
            return new Listening(address, sockets);
        } catch (IOException | RuntimeException | Error e) {
            sockets.forEach(socket -> socket.close(false));
            throw e;
        }
    }

    /** Listens with a single socket. */
    static TcpSocket listenAlone(TransportAddress address, RelayConfig config) throws IOException {
        TcpSocket socket = open(address, config.keepAlive(), false);
        try {
            socket.listen(config.listen().backlog());
            return socket;
        } catch (IOException | RuntimeException | Error e) {
            socket.close(false);
            throw e;
        }
    }

    private static TcpSocket open(TransportAddress address, RelayConfig.KeepAlive keepAlive, boolean shared)
            throws IOException {
        TcpSocket socket = TcpSocket.open(address.ip().family());
        try {
            socket.setReuseAddress(true);
            if (shared) {
                socket.setReusePort(true);
            }
            if (address.ip().family() == IpFamily.IPV6) {
                socket.setIntOpt(IPPROTO_IPV6, IPV6_V6ONLY, 1); // each family has a listener of its own
            }
            socket.tune(keepAlive);
            socket.bind(address.toSocketAddress());
            return socket;
        } catch (IOException | RuntimeException | Error e) {
            socket.close(false);
            throw e;
        }
    }

    void close() {
        sockets.forEach(socket -> socket.close(false));
    }
}
