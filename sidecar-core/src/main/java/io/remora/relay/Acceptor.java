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
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Accepts on one address for one event loop, which owns it. When the process runs out of descriptors it leaves the clients
 * in the kernel's queue until the {@link AcceptGate} opens; edge-triggered, so that nothing spins meanwhile.
 */
final class Acceptor implements EpollIoHandle {

    private static final EpollIoOps ACCEPT = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLET);
    private static final int BATCH = 64;
    private static final int IPV4_LENGTH = 8; // 4 bytes of address, 4 of port
    private static final int IPV6_LENGTH = 24; // 16 bytes of address, 4 of scope, 4 of port

    private final RelayWorker worker;
    private final TcpSocket socket;
    private final IpFamily family;
    private final int bucket;
    private final byte[] peer = new byte[IPV6_LENGTH + 1]; // its length comes first
    private @Nullable IoRegistration registration;

    /** @param bucket whose addresses are redirected to the socket; -1 for the capture port */
    Acceptor(RelayWorker worker, TcpSocket socket, IpFamily family, int bucket) {
        this.worker = worker;
        this.socket = socket;
        this.family = family;
        this.bucket = bucket;
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
        accept();
    }

    /** Accepts what has come; later, if that cannot be now. */
    void accept() {
        if (worker.gate().isShut()) {
            worker.gate().await(this);
            return;
        }
        try {
            acceptBatch();
        } catch (RuntimeException | Error e) {
            worker.failed(e);
            pause(Errno.UNKNOWN); // and tries again
        }
    }

    private void acceptBatch() {
        if (acceptUpTo(BATCH) && registration != null && socket.isOpen()) {
            registration.submit(ACCEPT); // more may wait; others have their turn first
        }
    }

    /** True if more may wait. */
    private boolean acceptUpTo(int most) {
        for (int i = 0; i < most && socket.isOpen(); i++) {
            int fd;
            try {
                fd = socket.accept(peer);
            } catch (IOException e) {
                int errno = Errno.of(e);
                if (Errno.isExhausted(errno)) {
                    pause(errno);
                    return false;
                }
                // An error of that one connection, which is gone from the queue (accept(2)).
                abandoned();
                continue;
            }
            if (fd < 0) {
                return false;
            }
            TcpSocket accepted = new TcpSocket(fd);
            worker.accepted(accepted, client(), family, bucket);
            if (worker.gate().isShut()) {
                worker.gate().await(this); // it could not be dialled
                return false;
            }
            if (worker.context().descriptors().isLast(accepted)) {
                pause(Errno.EMFILE);
                return false;
            }
        }
        return true;
    }

    private void pause(int errno) {
        worker.gate().shut(errno);
        worker.gate().await(this);
    }

    private void abandoned() {
        RelayListener listener = worker.context().listener();
        listener.accepted();
        listener.closed(null, CloseReason.CLIENT_LEFT, 0, 0, 0);
    }

    /** Accepts what waits in the kernel's queue, and no more. */
    void drainAndClose() {
        try {
            acceptUpTo(worker.config().listen().backlog());
        } finally {
            worker.unlisten(this);
            close();
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
            worker.gate().forget(this);
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
