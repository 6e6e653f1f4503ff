package io.remora.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.unix.Buffer;
import io.netty.util.concurrent.Future;
import io.remora.discovery.IpFamily;
import io.remora.discovery.TransportAddress;
import io.remora.relay.RelayConfig.Expiry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One event loop of the relay with the connections it accepted, the one buffer their bytes pass through, and the listeners
 * of its own. All methods are called on the loop unless they say otherwise.
 */
final class RelayWorker implements Timers {

    private static final Duration LONGEST_EXPIRY_CHECK = Duration.ofSeconds(10);
    private static final Duration LONGEST_KEEP_ALIVE_CHECK = Duration.ofSeconds(10);

    private final RelayContext context;
    private final IoEventLoop loop;
    private final ByteBufAllocator allocator;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BufferSizes.CAPACITY);
    private final long bufferAddress = Buffer.memoryAddress(buffer);
    private final SocketDialer dialer;
    private final Set<RelayConnection> connections = new HashSet<>();
    private final RecentDecisions recent = new RecentDecisions(RelayServer.RECENT_DECISIONS);
    private final Set<Acceptor> acceptors = new HashSet<>();
    private final AcceptGate gate = new AcceptGate(this);
    private final long memory;
    private final Expiry expiry;
    private long heldBytes;
    private boolean closed;

    RelayWorker(RelayContext context, IoEventLoop loop, ByteBufAllocator allocator) {
        this.context = context;
        this.loop = loop;
        this.allocator = allocator;
        this.dialer =
                new SocketDialer(loop, context.ownDials(), context.config().dscp());
        this.expiry = context.config().expiry();
        this.memory = context.config().memory() / context.config().threads();
    }

    RelayContext context() {
        return context;
    }

    RelayConfig config() {
        return context.config();
    }

    IoEventLoop loop() {
        return loop;
    }

    AcceptGate gate() {
        return gate;
    }

    SocketDialer dialer() {
        return dialer;
    }

    long now() {
        return context.ticker().read();
    }

    /** Where {@link BufferSizes#CAPACITY} bytes may be read to and written from. */
    long bufferAddress() {
        return bufferAddress;
    }

    boolean isMemoryScarce() {
        return heldBytes > memory;
    }

    /** Returns the bytes to read at once in a direction that has moved so many. */
    int readSize(long moved) {
        return BufferSizes.next(moved, heldBytes, memory);
    }

    /** Copies a part of the buffer, to be released with {@link #release(ByteBuf)}. */
    ByteBuf hold(int start, int end) {
        ByteBuf copy = allocator.directBuffer(end - start, end - start);
        copy.writeBytes(buffer.limit(end).position(start));
        buffer.clear();
        heldBytes += copy.capacity();
        return copy;
    }

    void release(ByteBuf held) {
        heldBytes -= held.capacity();
        held.release();
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                failed(e); // else the future would keep it to itself
            }
        };
        Future<?> scheduled = loop.schedule(guarded, delayNanos, TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    /**
     * Takes over what a listener accepted.
     *
     * @param bucket whose port took it; -1 for the capture port
     */
    void accepted(TcpSocket socket, TransportAddress client, IpFamily family, int bucket) {
        RelayConnection connection = new RelayConnection(this, socket, client, family, bucket);
        connections.add(connection);
        open(connection);
    }

    /** Has a connection begin, or begin again. */
    void open(RelayConnection connection) {
        try {
            connection.open();
        } catch (RuntimeException | Error e) {
            connection.broken(e);
        }
    }

    void closed(RelayConnection connection) {
        connections.remove(connection);
    }

    /** Nothing can be dialled for want of a descriptor: the listeners leave the next ones to others. */
    void pauseAccepting(int errno) {
        gate.shut(errno);
    }

    /** One connection failed at a bug, or for want of memory; the others go on. */
    void failed(Throwable problem) {
        if (context.troubles().allows()) {
            context.logger().atError().setCause(problem).log("connection failed unexpectedly");
        }
    }

    /** Begins to accept from a socket that is bound. */
    void listen(Acceptor acceptor) {
        acceptors.add(acceptor);
        acceptor.start();
    }

    /** Forgets a listener that is about to close. */
    void unlisten(Acceptor acceptor) {
        acceptors.remove(acceptor);
    }

    /**
     * Turns the keep-alive of upstream sockets on once their connections have lasted, from now on: most end before, and
     * are spared the system calls. The first probe is up to ten seconds late. Accepted sockets inherit theirs.
     */
    void watchKeepAlive() {
        long idle = config().keepAlive().idle().toNanos();
        long period = Math.min(idle / 2, LONGEST_KEEP_ALIVE_CHECK.toNanos());
        schedule(this::keepAlive, period);
    }

    private void keepAlive() {
        watchKeepAlive();
        connections.forEach(RelayConnection::keepAlive);
    }

    /** Whether idle connections are ended. */
    boolean endsIdle() {
        return !expiry.idle().isZero();
    }

    /** Looks for connections that are to be ended from now on, if any ever are. */
    void watchExpiry() {
        long shortest = LONGEST_EXPIRY_CHECK.toNanos();
        boolean any = false;
        for (Duration timeout : List.of(expiry.idle(), expiry.goneEndpoint())) {
            if (!timeout.isZero()) {
                any = true;
                shortest = Math.max(1, Math.min(shortest, timeout.toNanos() / 4));
            }
        }
        if (any) {
            long period = shortest;
            schedule(() -> endExpired(period), period);
        }
    }

    private void endExpired(long periodNanos) {
        schedule(() -> endExpired(periodNanos), periodNanos);
        long now = now();
        for (RelayConnection connection : List.copyOf(connections)) {
            CloseReason reason = connection.expired(now, expiry);
            if (reason != null) {
                connection.close(reason);
            }
        }
    }

    RecentDecisions recent() {
        return recent;
    }

    List<ConnectionView> views() {
        return connections.stream().map(RelayConnection::view).toList();
    }

    ConnectionsView views(ConnectionQuery query) {
        return ConnectionSearch.search(connections, query, ConnectionsView.MOST_SEEN);
    }

    /** Whether it has ended. */
    boolean isClosed() {
        return closed;
    }

    /** Stops accepting and resets every connection. */
    void close() {
        closed = true;
        acceptors.forEach(Acceptor::close);
        List.copyOf(connections).forEach(connection -> connection.close(CloseReason.SHUTDOWN));
    }
}
