package io.remora.relay;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.remora.balancer.BalancerRegistry;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Ticker;
import io.remora.registry.ServiceRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts redirected connections and relays each to an endpoint of the Service it was going to, or to where it was going
 * if no Service has that address. Thread-safe.
 *
 * <p>Every event loop listens for itself (SO_REUSEPORT), so that a connection never changes its thread.
 *
 * <p>Memory outside the heap: 256 KiB a loop that all bytes pass through, and a pool for what slow readers leave behind,
 * in chunks of 1 MiB, one arena a loop and without thread caches. An idle relay with two loops takes 512 KiB.
 */
public final class RelayServer implements AutoCloseable {

    /** How many decisions are kept, of connections that live and of such that are over. */
    public static final int RECENT_DECISIONS = 200;

    private static final Logger LOGGER = LoggerFactory.getLogger(RelayServer.class);
    private static final int PAGE_SIZE = 8192;
    private static final int CHUNK_ORDER = 7; // 8 KiB * 2^7 = 1 MiB, room for four of the largest reads
    private static final long SHUTDOWN_MILLIS = 5000;

    private final RelayContext context;
    private final PooledByteBufAllocator allocator;
    private final List<InetSocketAddress> addresses = new ArrayList<>(); // guarded by this
    private List<RelayWorker> workers = List.of(); // guarded by this
    private @Nullable MultiThreadIoEventLoopGroup loops; // guarded by this

    /** A relay for redirected connections. */
    public RelayServer(
            RelayConfig config, ServiceRegistry registry, BalancerRegistry balancers, RelayListener listener) {
        this(config, registry, balancers, listener, new RefusalBuckets(RefusalConfig.OFF));
    }

    /**
     * A relay that does not listen for connections that are to be refused.
     *
     * @param refusal one of the registry's listeners
     */
    public RelayServer(
            RelayConfig config,
            ServiceRegistry registry,
            BalancerRegistry balancers,
            RelayListener listener,
            RefusalBuckets refusal) {
        this(
                config,
                registry,
                balancers,
                listener,
                refusal,
                OriginalAddress.netfilter(),
                Ticker.SYSTEM,
                ThreadLocalRandom::current);
    }

    /**
     * @param refusal one of the registry's listeners
     * @param originalAddress tells where an accepted connection was going
     * @param random asked on the event loop that uses what it gives
     */
    public RelayServer(
            RelayConfig config,
            ServiceRegistry registry,
            BalancerRegistry balancers,
            RelayListener listener,
            RefusalBuckets refusal,
            OriginalAddress originalAddress,
            Ticker ticker,
            Supplier<? extends RandomGenerator> random) {
        this.context = RelayContext.of(
                config, registry, balancers, listener, refusal, originalAddress, ticker, random, LOGGER);
        this.allocator = new PooledByteBufAllocator(true, 0, config.threads(), PAGE_SIZE, CHUNK_ORDER, 0, 0, false);
    }

    /**
     * Binds and begins to accept. Called once.
     *
     * @throws IOException if no address can be bound, or one is in use; the message names the setting
     * @throws UnsupportedOperationException if this machine has no epoll for Netty
     */
    public void start() throws IOException {
        try (CaptureSockets sockets =
                CaptureSockets.bind(context.config(), context.refusal().config())) {
            start(sockets);
        }
    }

    /**
     * Begins to accept, those first that came since the sockets were bound. Called once.
     *
     * @param sockets bound with this relay's settings; the relay closes them from here on
     */
    public synchronized void start(CaptureSockets sockets) {
        Descriptors.prepare();
        if (loops != null) {
            throw new IllegalStateException("already started");
        }
        List<Listening> bound = sockets.take(context.config().threads());
        try {
            MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
                    context.config().threads(), new DefaultThreadFactory("remora-relay"), EpollIoHandler.newFactory());
            loops = group;
            List<RelayWorker> made = new ArrayList<>();
            for (int i = 0; i < context.config().threads(); i++) {
                IoEventLoop loop = group.next();
                made.add(new RelayWorker(context, loop, allocator));
            }
            workers = List.copyOf(made);
            listen(bound);
            context.refusal().follow(BucketListeners.start(sockets.buckets(), workers));
        } catch (RuntimeException | Error e) {
            close();
            bound.forEach(Listening::close); // those that no worker has yet
            sockets.buckets().close();
            throw e;
        }
        LOGGER.atInfo()
                .addKeyValue("addresses", addresses)
                .addKeyValue("threads", workers.size())
                .log("relay listens");
    }

    private void listen(List<Listening> bound) {
        for (Listening listening : bound) {
            TransportAddress address = listening.address();
            context.listening().add(address);
            addresses.add(address.toSocketAddress());
            for (int i = 0; i < workers.size(); i++) {
                RelayWorker worker = workers.get(i);
                Acceptor acceptor = new Acceptor(
                        worker, listening.sockets().get(i), address.ip().family(), -1);
                worker.loop().submit(() -> worker.listen(acceptor)).syncUninterruptibly();
            }
        }
        workers.forEach(worker -> worker.loop().execute(() -> {
            worker.watchExpiry();
            worker.watchKeepAlive();
        }));
    }

    /** Where it listens; empty before the start. */
    public synchronized List<InetSocketAddress> addresses() {
        return List.copyOf(addresses);
    }

    /**
     * Whether a connection that comes now waits for the first sync of the Services. From the hold time after this relay was
     * made on it does not: until then unknown, it is passed through unbalanced.
     */
    public boolean isHolding() {
        return context.isHolding();
    }

    /** Live connections, those included that wait for their address or their endpoint. */
    public int active() {
        return context.drainer().active();
    }

    /** Bytes outside the heap that the pool of the connections has taken; it gives most of them back. */
    public long directMemory() {
        return allocator.metric().usedDirectMemory();
    }

    /**
     * Returns the live connections, oldest first. Asks every event loop and waits for at most a second, so it is for
     * people; not to be called on one of the loops.
     */
    public List<ConnectionView> connections() {
        return LoopSurvey.ask(workers(), RelayWorker::views, LOGGER).toCompletableFuture().join().stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparingLong(ConnectionView::id))
                .toList();
    }

    /**
     * Asks every event loop for some of its live connections, at most {@value ConnectionsView#MOST_SEEN} of which it looks
     * at.
     *
     * @return completed within a second, on a thread that is none of the relay's; it does not fail
     */
    public CompletionStage<ConnectionsView> connections(ConnectionQuery query) {
        return LoopSurvey.ask(workers(), worker -> worker.views(query), LOGGER)
                .thenApply(parts -> ConnectionsView.of(parts, query));
    }

    /**
     * Asks every event loop for what it decided about its newest connections.
     *
     * @return the newest {@value #RECENT_DECISIONS} of all, the newest first; completed as by
     *     {@link #connections(ConnectionQuery)}
     */
    public CompletionStage<List<ConnectionDecision>> decisions() {
        return LoopSurvey.ask(workers(), worker -> worker.recent().newest(), LOGGER)
                .thenApply(parts -> parts.stream()
                        .flatMap(List::stream)
                        .sorted(Comparator.comparingLong(ConnectionDecision::id).reversed())
                        .limit(RECENT_DECISIONS)
                        .toList());
    }

    private synchronized List<RelayWorker> workers() {
        return workers;
    }

    /**
     * Waits for the moment without a connection. The relay goes on accepting, also afterwards, until it is closed: while
     * its pod terminates the app may still dial. The first call decides how long.
     *
     * @return true once no connection was left, false once the time was over
     */
    public CompletionStage<Boolean> drain(Duration atMost) {
        LOGGER.atInfo().addKeyValue("connections", active()).log("relay drains");
        return context.drainer().drain(atMost);
    }

    /** Stops to listen, resets what is left, and ends the event loops. Idempotent. */
    @Override
    public synchronized void close() {
        MultiThreadIoEventLoopGroup group = loops;
        if (group == null) {
            return;
        }
        context.refusal().unfollow();
        for (RelayWorker worker : workers) {
            if (!worker.loop().isShuttingDown()) {
                worker.loop().submit(worker::close).awaitUninterruptibly(SHUTDOWN_MILLIS);
            }
        }
        workers = List.of();
        context.holdWindow().close();
        group.shutdownGracefully(0, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(SHUTDOWN_MILLIS);
    }
}
