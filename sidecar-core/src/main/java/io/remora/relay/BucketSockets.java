package io.remora.relay;

import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.discovery.TransportAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening socket for each bucket of {@link HashedPorts}, on the addresses that the relay listens on. Owned by one thread.
 */
final class BucketSockets {

    private static final Logger LOGGER = LoggerFactory.getLogger(RelayServer.class);

    private final HashedPorts ports;
    private final Map<IpFamily, IpAddress> addresses;
    private final @Nullable TcpSocket[] sockets;

    private BucketSockets(HashedPorts ports, Map<IpFamily, IpAddress> addresses) {
        this.ports = ports;
        this.addresses = addresses;
        this.sockets = new @Nullable TcpSocket[ports.buckets()];
    }

    /** None. */
    static BucketSockets none(HashedPorts ports) {
        return new BucketSockets(ports, Map.of());
    }

    /**
     * Binds and listens on all ports that can be had; what is wrong with the others is logged once.
     *
     * @param bound where the relay listens for the capture port
     * @throws IOException if they would take more than half of the descriptors; the message says what to do
     */
    static BucketSockets bind(HashedPorts ports, List<Listening> bound, RelayConfig config) throws IOException {
        Map<IpFamily, IpAddress> addresses = new EnumMap<>(IpFamily.class);
        for (Listening listening : bound) {
            IpAddress ip = listening.address().ip();
            addresses.putIfAbsent(ip.family(), ip);
        }
        int wanted = addresses.size() * ports.count();
        if (!Descriptors.ofProcess().suffice(wanted)) {
            throw new IOException("the limit of open files is too low for the " + wanted
                    + " listeners of remora.refusal-ports: raise it (ulimit -n) to more than " + 2 * wanted
                    + ", or choose fewer ports or turn remora.refusal off, for the agent and the init step alike");
        }
        BucketSockets all = new BucketSockets(ports, addresses);
        List<TransportAddress> lacking = new ArrayList<>();
        IOException problem = null;
        for (int bucket = 0; bucket < all.sockets.length; bucket++) {
            TransportAddress address = all.address(bucket);
            if (address != null) {
                try {
                    all.sockets[bucket] = Listening.listenAlone(address, config);
                } catch (IOException e) {
                    problem = e;
                    lacking.add(address);
                }
            }
        }
        if (problem != null) {
            LOGGER.atWarn()
                    .addKeyValue("ports", lacking.size())
                    .addKeyValue("first", lacking.get(0))
                    .addKeyValue("cause", problem.getMessage())
                    .log(
                            "cannot listen on some of remora.refusal-ports: connections that the init step's rules redirect"
                                    + " there come to whoever has them, or fail; free them, choose others for the agent and the"
                                    + " init step alike, or turn remora.refusal off for both");
        }
        return all;
    }

    /** Returns where a bucket's connections arrive; null if nobody listens for its family. */
    @Nullable
    TransportAddress address(int bucket) {
        IpAddress ip = addresses.get(ports.family(bucket));
        return ip == null ? null : TransportAddress.tcp(ip, ports.port(bucket));
    }

    /** Hands a socket over; null if its port could not be had. */
    @Nullable
    TcpSocket take(int bucket) {
        TcpSocket socket = sockets[bucket];
        sockets[bucket] = null;
        return socket;
    }

    int buckets() {
        return sockets.length;
    }

    /** Closes those that nobody took. */
    void close() {
        for (int bucket = 0; bucket < sockets.length; bucket++) {
            TcpSocket socket = take(bucket);
            if (socket != null) {
                socket.close(false);
            }
        }
    }
}
