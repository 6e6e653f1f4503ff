package io.remora.relay;

import io.netty.buffer.ByteBuf;
import io.remora.balancer.Outcome;
import io.remora.relay.RelayListener.Traffic;
import io.remora.relay.Timers.Timer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes between two connected sockets until both streams have ended or one was reset. A read goes out at once from
 * the loop's own buffer; only what the other side does not take is copied, and then nothing more is read from that side.
 * An end of stream is passed on behind the last byte; a reset too, once the other side's kernel has all bytes before it.
 * Its event loop owns it.
 */
final class Tunnel implements EdgeSocket.Owner {

    /** Bytes that one side may move before the others of the loop have their turn. */
    private static final int TURN_BYTES = 1 << 20;

    private static final long FIRST_DELIVERY_CHECK_NANOS = 200_000;
    private static final long LAST_DELIVERY_CHECK_NANOS = 50_000_000;

    /** Hears what becomes of the tunnel. */
    interface Listener {
        /**
         * The first byte came from upstream. Told once at most. Does not throw.
         *
         * @param latencyNanos since the first byte from downstream, or since the connect if there was none
         */
        void answered(long latencyNanos, long nowNanos);

        /** It ended: the listener closes the sockets. Told exactly once. */
        void ended(CloseReason reason);
    }

    final Flow up;
    final Flow down;
    private final RelayWorker worker;
    private final Traffic traffic;
    private final Listener listener;
    private long askedNanos; // the connect, then the first byte from downstream
    private long activeNanos;
    private boolean closed;
    private @Nullable CloseReason reset; // set once a side was reset: why
    private boolean clientEnded; // before that
    private @Nullable Timer resetTimer;

    /** @param connectedNanos when upstream was connected */
    Tunnel(
            RelayWorker worker,
            EdgeSocket client,
            EdgeSocket upstream,
            Traffic traffic,
            Listener listener,
            long connectedNanos) {
        this.worker = worker;
        this.traffic = traffic;
        this.listener = listener;
        this.up = new Flow(client, upstream);
        this.down = new Flow(upstream, client);
        this.askedNanos = connectedNanos;
    }

    /** Takes the sockets over. The client's bytes are most likely here already, the endpoint's perhaps. */
    void start() {
        up.from.owner(this);
        down.from.owner(this);
        up.from.readable = true;
        touch();
        pump(up);
        pump(down);
    }

    /** When something happened last; kept only where idle connections are ended. */
    long activeNanos() {
        return activeNanos;
    }

    private void touch() {
        if (worker.endsIdle()) {
            activeNanos = worker.now();
        }
    }

    @Override
    public void ready(EdgeSocket socket, int events) {
        if (closed) {
            return;
        }
        touch();
        Flow in = socket == up.from ? up : down;
        Flow out = socket == up.from ? down : up;
        if (socket.isDead(events)) {
            died(in);
        }
        if (out.held != null && (events & ~EdgeSocket.IN) != 0) {
            flush(out);
            pump(out);
        }
        pump(in);
    }

    @Override
    public void broken(Throwable problem) {
        worker.failed(problem);
        close(CloseReason.LOCAL_ERROR);
    }

    /** The connection of a flow's source is gone. Bytes in its receive queue can still be read. */
    private void died(Flow in) {
        if (in.finished && !in.dead) {
            resetBy(in); // its stream had ended, and it was reset since
        } else {
            reason(in.from); // the other side may not read for so long that nobody gets to its end
            boundDelivery();
        }
    }

    private void pump(Flow flow) {
        int budget = TURN_BYTES;
        while (!closed && flow.from.readable && flow.held == null && flow.end == Flow.End.NONE && !flow.dead) {
            if (budget <= 0) {
                yieldTurn(flow.from);
                return;
            }
            int length = read(flow);
            if (length > 0) {
                if (!flow.begun) {
                    begin(flow);
                }
                budget -= length;
                write(flow, length);
            }
            if (flow.end != Flow.End.NONE && flow.held == null && !closed && !flow.dead) {
                passOnEnd(flow);
            }
        }
    }

    private void begin(Flow flow) {
        flow.begun = true;
        if (flow == down) {
            long now = worker.now();
            listener.answered(Math.max(0, now - askedNanos), now);
        } else if (!down.begun) {
            askedNanos = worker.now();
        }
    }

    /** What its end says about the endpoint. */
    Outcome outcome(CloseReason reason) {
        return Blame.relayed(reason, down.begun, clientEnded);
    }

    private void yieldTurn(EdgeSocket socket) {
        try {
            socket.rearm();
        } catch (IOException e) {
            broken(e);
        }
    }

    private int read(Flow flow) {
        int size = worker.readSize(flow.moved);
        int length = receive(flow, 0, size);
        if (size == BufferSizes.SMALL && length == size && !worker.isMemoryScarce()) {
            length += receive(flow, length, BufferSizes.MEDIUM);
        }
        return length;
    }

    private int receive(Flow flow, int offset, int size) {
        int length;
        try {
            length = flow.from.tcp.recvAddress(worker.bufferAddress(), offset, offset + size);
        } catch (IOException | NotYetConnectedException e) {
            flow.end = Flow.End.RESET;
            return 0;
        }
        if (length < 0) {
            flow.end = flow.from.errorTaken ? Flow.End.RESET : Flow.End.EOF;
            return 0;
        }
        if (length == 0 || length < size && !flow.from.ended) {
            flow.from.readable = false;
        }
        return length;
    }

    private void write(Flow flow, int length) {
        int written;
        try {
            written = flow.to.tcp.sendAddress(worker.bufferAddress(), 0, length);
        } catch (IOException | NotYetConnectedException e) {
            takesNoMore(flow);
            return;
        }
        count(flow, written);
        if (written < length) {
            flow.held = worker.hold(written, length);
        }
    }

    private void flush(Flow flow) {
        ByteBuf held = flow.held;
        if (held == null) {
            return;
        }
        ByteBuffer bytes = held.internalNioBuffer(held.readerIndex(), held.readableBytes());
        int written;
        try {
            written = flow.to.tcp.send(bytes, bytes.position(), bytes.limit());
        } catch (IOException | NotYetConnectedException e) {
            takesNoMore(flow);
            return;
        }
        held.skipBytes(written);
        count(flow, written);
        if (!held.isReadable()) {
            release(flow);
            if (flow.end != Flow.End.NONE) {
                passOnEnd(flow);
            }
        }
    }

    private void count(Flow flow, int bytes) {
        flow.moved += bytes;
        if (flow == up) {
            traffic.sent(bytes);
        } else {
            traffic.received(bytes);
        }
    }

    private void passOnEnd(Flow flow) {
        if (flow.end == Flow.End.RESET) {
            resetBy(flow);
            return;
        }
        try {
            flow.to.tcp.shutdown(false, true);
        } catch (IOException | NotYetConnectedException e) {
            takesNoMore(flow);
            return;
        }
        flow.finished = true;
        if (opposite(flow).finished) {
            close(CloseReason.COMPLETED);
        } else if (flow.from.dead) {
            resetBy(flow); // the reset came behind the end of the stream
        }
    }

    /** A write failed: the socket it went to was reset. What that socket had sent before is still delivered. */
    private void takesNoMore(Flow flow) {
        Flow back = opposite(flow);
        kill(flow);
        flow.to.errorTaken = true;
        if (back.dead) {
            close(reason(flow.to)); // both sides are gone
        } else if (back.finished) {
            resetBy(back);
        } else {
            reason(flow.to);
            boundDelivery();
            flow.to.readable = true;
            flow.to.ended = true;
            pump(back);
        }
    }

    /** The source of a flow was reset, and all that it had sent is written: the other side is reset once it has that. */
    private void resetBy(Flow flow) {
        CloseReason why = reason(flow.from);
        kill(opposite(flow));
        kill(flow);
        boundDelivery();
        checkDelivery(flow.to, why, FIRST_DELIVERY_CHECK_NANOS);
    }

    private void checkDelivery(EdgeSocket socket, CloseReason why, long nextNanos) {
        if (closed) {
            return;
        }
        if (socket.tcp.isDelivered()) {
            close(why);
            return;
        }
        long after = Math.min(nextNanos * 2, LAST_DELIVERY_CHECK_NANOS);
        worker.schedule(() -> checkDelivery(socket, why, after), nextNanos);
    }

    /** From now on the other side has a bounded time to take what the side that is gone had sent. */
    private void boundDelivery() {
        if (resetTimer == null && !closed) {
            resetTimer = worker.schedule(
                    () -> close(reset == null ? CloseReason.UPSTREAM_RESET : reset),
                    worker.config().resetDelivery().toNanos());
        }
    }

    private CloseReason reason(EdgeSocket gone) {
        if (reset == null) {
            reset = gone == up.from ? CloseReason.CLIENT_RESET : CloseReason.UPSTREAM_RESET;
            clientEnded = up.from.ended || up.end != Flow.End.NONE;
        }
        return reset;
    }

    private void kill(Flow flow) {
        flow.dead = true;
        release(flow);
    }

    private void release(Flow flow) {
        ByteBuf held = flow.held;
        if (held != null) {
            flow.held = null;
            worker.release(held);
        }
    }

    private Flow opposite(Flow flow) {
        return flow == up ? down : up;
    }

    /** Ends it. Idempotent. */
    void close(CloseReason reason) {
        if (closed) {
            return;
        }
        closed = true;
        release(up);
        release(down);
        if (resetTimer != null) {
            resetTimer.cancel();
        }
        listener.ended(reason);
    }
}
