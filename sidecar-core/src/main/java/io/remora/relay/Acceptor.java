package io.remora.relay;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.discovery.TransportAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Accepts on one address for one event loop, which owns it. When the process runs out of descriptors it leaves the clients
 * in the kernel's queue and looks again about ten times a second; edge-triggered, so that nothing spins meanwhile.
 */
final class Acceptor implements EpollIoHandle {

    private static final EpollIoOps ACCEPT = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLET);
    private static final int BATCH = 64;
    private static final long RETRY_NANOS = Duration.ofMillis(100).toNanos();
    private static final int IPV4_LENGTH = 8; // 4 bytes of address, 4 of port
    private static final int IPV6_LENGTH = 24; // 16 bytes of address, 4 of scope, 4 of port

    private final RelayWorker worker;
    private final TcpSocket socket;
    private final IpFamily family;
    private final byte[] peer = new byte[IPV6_LENGTH + 1]; // its length comes first
    private @Nullable IoRegistration registration;
    private boolean paused;
    private boolean retrying;

    Acceptor(RelayWorker worker, TcpSocket socket, IpFamily family) {
        this.worker = worker;
        this.socket = socket;
        this.family = family;
    }

    void start() {
        IoRegistration made = worker.loop().register(this).getNow();
        if (made == null) {
            throw new IllegalStateException("the event loop takes no listener");
        }
        registration = made;
        made.submit(ACCEPT);
    }

    @Override
    public void handle(IoRegistration source, IoEvent event) {
        if (!retrying) {
            guardedBatch();
        }
    }

    private void guardedBatch() {
        try {
            acceptBatch();
        } catch (RuntimeException | Error e) {
            worker.failed(e);
            pause(Errno.UNKNOWN); // and tries again
        }
    }

    private void acceptBatch() {
        for (int i = 0; i < BATCH && socket.isOpen(); i++) {
            int fd;
            try {
                fd = socket.accept(peer);
            } catch (IOException e) {
                int errno = Errno.of(e);
                if (Errno.isExhausted(errno)) {
                    pause(errno);
                    return;
                }
                // An error of that one connection, which is gone from the queue (accept(2)).
                abandoned();
                continue;
            }
            if (fd < 0) {
                resumed();
                return;
            }
            TcpSocket accepted = new TcpSocket(fd);
            worker.accepted(accepted, client(), family);
            if (retrying) {
                return; // it could not be dialled
            }
            if (worker.context().descriptors().isLast(accepted)) {
                pause(Errno.EMFILE);
                return;
            }
        }
        if (registration != null && socket.isOpen()) {
            registration.submit(ACCEPT); // more may wait; others have their turn first
        }
    }

    private void abandoned() {
        RelayListener listener = worker.context().listener();
        listener.accepted();
        listener.closed(null, CloseReason.CLIENT_LEFT, 0, 0, 0);
    }

    /** Stops accepting for a while. */
    void pause(int errno) {
        if (!paused) {
            paused = true;
            worker.context().listener().acceptPaused();
            if (worker.context().troubles().allows()) {
                worker.context()
                        .logger()
                        .atWarn()
                        .addKeyValue("reason", "errno " + errno)
                        .log("too few file descriptors or memory left: accepting is paused until connections end;"
                                + " raise the limit of open files (ulimit -n) of the relay");
            }
        }
        if (!retrying) {
            retrying = true;
            // Drawn, so that no event loop always comes first to what has become free.
            long delay = worker.context().random().get().nextLong(RETRY_NANOS / 2, RETRY_NANOS * 3 / 2);
            worker.schedule(this::retry, delay);
        }
    }

    private void retry() {
        retrying = false;
        if (!socket.isOpen()) {
            return;
        }
        if (worker.context().descriptors().hasRoom()) {
            guardedBatch();
        } else {
            pause(Errno.EMFILE);
        }
    }

    private void resumed() {
        if (paused) {
            paused = false;
            worker.context().listener().acceptResumed();
            worker.context().logger().atInfo().log("accepting again");
        }
    }

    private TransportAddress client() {
        int length = peer[0];
        ByteBuffer bytes = ByteBuffer.wrap(peer, 1, length);
        IpAddress ip = IpAddress.ofBytes(Arrays.copyOfRange(peer, 1, length == IPV4_LENGTH ? 5 : 17));
        return TransportAddress.tcp(ip, bytes.getInt(1 + length - Integer.BYTES));
    }

    @Override
    public void close() {
        if (socket.isOpen()) {
            socket.close(false);
            if (registration != null) {
                registration.cancel();
            }
        }
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }
}
