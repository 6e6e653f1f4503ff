package io.remora.relay;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A socket that is registered edge-triggered (epoll(7)): once, for everything, so that waiting for this or that costs no
 * system call, and a reset that nobody reads yet wakes nobody twice. The flags remember the edges. Its event loop owns it.
 */
final class EdgeSocket implements EpollIoHandle {

    static final int IN = EpollIoOps.EPOLLIN.value();
    static final int OUT = EpollIoOps.EPOLLOUT.value();
    static final int ERR = 0x008; // always reported
    static final int HUP = 0x010; // always reported
    static final int RDHUP = EpollIoOps.EPOLLRDHUP.value();

    private static final EpollIoOps EVERYTHING = EpollIoOps.EPOLLIN
            .with(EpollIoOps.EPOLLOUT)
            .with(EpollIoOps.EPOLLRDHUP)
            .with(EpollIoOps.EPOLLET);

    /** Who hears of the edges. */
    interface Owner {
        /** Something happened; the flags are up to date. An event may be about a closed socket of the same number. */
        void ready(EdgeSocket socket, int events);

        /** The owner itself failed at it: a bug, or no memory. */
        void broken(Throwable problem);
    }

    final TcpSocket tcp;
    private Owner owner;
    private @Nullable IoRegistration registration;

    /** A read may find something. Cleared by a read that found less than it asked for. */
    boolean readable;

    /** The stream ended or was reset: a read finds the end behind the last byte, so a short read is not the last. */
    boolean ended;

    /** What it dialled; null until then, and for accepted sockets. */
    OwnDials.@Nullable Dial dial;

    /** It was reset, or timed out; what it received before can still be read. */
    boolean dead;

    /** A system call has taken the socket's error away: a read finds an end of stream where the reset was. */
    boolean errorTaken;

    /** The relay's own listener accepted it: our dial was captured. Set by any event loop. */
    volatile boolean looped;

    EdgeSocket(TcpSocket tcp, Owner owner) {
        this.tcp = tcp;
        this.owner = owner;
    }

    void owner(Owner next) {
        owner = next;
    }

    /** Begins to hear of edges, those before it included. Does nothing if it does already. */
    void register(IoEventLoop loop) throws IOException {
        if (registration != null) {
            return;
        }
        Future<IoRegistration> result = loop.register(this); // done at once, on the loop itself
        IoRegistration made = result.getNow();
        if (made == null) {
            throw new IOException("event loop takes no socket", result.cause());
        }
        registration = made;
        rearm();
    }

    /** Has the kernel tell its state once more, behind the events of other sockets. */
    void rearm() throws IOException {
        if (registration != null) {
            try {
                registration.submit(EVERYTHING);
            } catch (RuntimeException e) {
                throw new IOException("epoll_ctl failed", e);
            }
        }
    }

    /** Returns whether the connection is gone, by a reset or a time-out, after an event that may mean so. */
    boolean isDead(int events) {
        if (!dead && (events & ERR) != 0) {
            dead = tcp.state() == TcpSocket.CLOSE; // else the event was about another socket
        }
        return dead;
    }

    @Override
    public void handle(IoRegistration source, IoEvent event) {
        int events = ((EpollIoEvent) event).ops().value();
        if ((events & ~OUT) != 0) {
            readable = true;
            ended |= (events & (RDHUP | HUP | ERR)) != 0;
        }
        try {
            owner.ready(this, events);
        } catch (RuntimeException | Error e) {
            owner.broken(e);
        }
    }

    /** Closes it, with a reset or not. Idempotent. */
    void close(boolean reset) {
        if (tcp.isOpen()) {
            tcp.close(reset);
            if (registration != null) {
                registration.cancel(); // behind close(): the kernel has forgotten it, which saves a system call
            }
        }
    }

    @Override
    public void close() {
        close(true);
    }

    @Override
    public FileDescriptor fd() {
        return tcp;
    }
}
