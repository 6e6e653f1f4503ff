package io.remora.relay;

import io.netty.channel.IoEventLoop;
import io.remora.discovery.IpFamily;
import io.remora.discovery.TransportAddress;
import io.remora.relay.Dialer.Attempt;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** Connects sockets on one event loop, which owns it. */
final class SocketDialer implements Dialer<EdgeSocket> {

    private final IoEventLoop loop;
    private final OwnDials ownDials;
    private final OwnDials.Beginning beginning;
    private final int dscp;

    /** @param dscp type of service of a dial until it is connected; 0 for none */
    SocketDialer(IoEventLoop loop, OwnDials ownDials, int dscp) {
        this.loop = loop;
        this.ownDials = ownDials;
        this.beginning = ownDials.beginning();
        this.dscp = dscp;
    }

    @Override
    public Dialer.Result<EdgeSocket> dial(InetSocketAddress address, Attempt attempt) {
        IpFamily family = address.getAddress() instanceof Inet6Address ? IpFamily.IPV6 : IpFamily.IPV4;
        TcpSocket tcp;
        try {
            tcp = TcpSocket.open(family);
        } catch (IOException | RuntimeException e) {
            return new Dialer.Result.Failed<>(DialFailure.atOnce(e));
        }
        EdgeSocket socket = new EdgeSocket(tcp, new Handshake(attempt, family));
        try {
            if (dscp != 0) {
                tcp.dscp(family, dscp);
            }
            tcp.setTcpNoDelay(true); // keep-alive comes later, for connections that last
            connect(socket, address);
            socket.register(loop);
        } catch (IOException | RuntimeException e) {
            cancel(socket);
            return new Dialer.Result.Failed<>(DialFailure.atOnce(e));
        } catch (Error e) {
            cancel(socket);
            throw e;
        }
        return new Dialer.Result.Pending<>(socket);
    }

    private void connect(EdgeSocket socket, InetSocketAddress address) throws IOException {
        TransportAddress target = TransportAddress.tcp(address);
        beginning.set(target);
        try {
            socket.tcp.connect(address); // also when it is connected at once the first edge says so
            ownDials.add(socket, target);
        } finally {
            beginning.set(null);
        }
    }

    @Override
    public void cancel(EdgeSocket socket) {
        ownDials.remove(socket);
        socket.close(true);
    }

    /** Waits for the end of the TCP handshake. */
    private final class Handshake implements EdgeSocket.Owner {

        private final Attempt attempt;
        private final IpFamily family;

        private Handshake(Attempt attempt, IpFamily family) {
            this.attempt = attempt;
            this.family = family;
        }

        /** Every SYN had the type of service, those sent again too; what follows is the app's. */
        private void connected(EdgeSocket socket) {
            if (dscp != 0) {
                try {
                    socket.tcp.dscp(family, 0);
                } catch (IOException e) {
                    // It is gone again, which whoever reads from it will notice.
                }
            }
            attempt.connected();
        }

        @Override
        public void ready(EdgeSocket socket, int events) {
            int state = socket.tcp.state();
            if (state == TcpSocket.SYN_SENT) {
                return; // the event was about another socket
            }
            if (state != TcpSocket.CLOSE) {
                connected(socket);
                return;
            }
            int errno;
            try {
                errno = socket.tcp.getSoError();
            } catch (IOException e) {
                errno = Errno.of(e);
            }
            if (errno == Errno.ECONNRESET && socket.tcp.hasReceived()) {
                // It was connected, spoke, and was reset before this event: what it said is still delivered.
                socket.dead = true;
                socket.errorTaken = true;
                connected(socket);
            } else if (errno != Errno.NONE) {
                cancel(socket);
                attempt.failed(socket.looped ? DialFailure.LOOP : DialFailure.later(errno));
            } else {
                connected(socket);
            }
        }

        @Override
        public void broken(Throwable problem) {
            attempt.broken(problem); // not thrown: the event loop would drop the other sockets' events with it
        }
    }
}
