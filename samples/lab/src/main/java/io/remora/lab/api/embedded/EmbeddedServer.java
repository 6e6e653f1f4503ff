package io.remora.lab.api.embedded;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The embedded API server: HTTP/1.1, with TLS or without, on one address. It can stop and start with its state kept, and start empty. One
 * event loop does all the work, so that requests are answered one after the other; the methods here may be called from any
 * other thread.
 */
public final class EmbeddedServer implements AutoCloseable {
    private static final long PORT_RELEASE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long BIND_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int MAX_BODY = 64 << 20;
    private static final int MAX_REQUEST_LINE = 64 << 10;

    private final EmbeddedConfig config;
    private final MultiThreadIoEventLoopGroup group;
    private final EventLoop loop;
    private final ChannelGroup connections;
    private final @Nullable SslContext tls;
    /** Owned by {@code loop}. */
    private @Nullable ServerState state;

    private InetSocketAddress address;
    private @Nullable Channel listener;

    /**
     * Starts a server.
     *
     * @param address where it listens; port 0 takes a free one, which it keeps across restarts
     */
    public EmbeddedServer(InetSocketAddress address, EmbeddedConfig config) {
        this.config = config;
        this.tls = config.tls() == null ? null : context(config.tls());
        this.address = address;
        this.group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("remora-lab-api", true), NioIoHandler.newFactory());
        this.loop = group.next();
        this.connections = new DefaultChannelGroup(loop);
        start();
    }

    private static SslContext context(EmbeddedConfig.Tls files) {
        try {
            return SslContextBuilder.forServer(
                            files.certificate().toFile(), files.key().toFile())
                    .sslProvider(SslProvider.JDK)
                    .build();
        } catch (SSLException e) {
            throw new UncheckedIOException(
                    "the certificate " + files.certificate() + " or its key cannot be used: " + e.getMessage(), e);
        }
    }

    /** Where it listens, also while it is stopped. */
    public synchronized InetSocketAddress address() {
        return address;
    }

    /** Listens again, on the same address, with the state that it had. Nothing happens when it listens already. */
    public synchronized void start() {
        if (listener != null) {
            return;
        }
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                });
        long deadline = System.nanoTime() + PORT_RELEASE_NANOS;
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        // The JDK frees a closed listener's port only when the selector that had it is asked the next time.
        while (bound.cause() instanceof BindException && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(BIND_RETRY_NANOS);
            bound = bootstrap.bind(address).awaitUninterruptibly();
        }
        if (!bound.isSuccess()) {
            throw new UncheckedIOException(
                    "cannot listen on " + address,
                    bound.cause() instanceof IOException e ? e : new BindException(String.valueOf(bound.cause())));
        }
        listener = bound.channel();
        address = (InetSocketAddress) bound.channel().localAddress();
        call(this::state);
    }

    private void accept(Channel channel) {
        connections.add(channel);
        if (tls != null) {
            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
        }
        channel.pipeline()
                .addLast(new HttpServerCodec(MAX_REQUEST_LINE, 64 << 10, 64 << 10))
                .addLast(new HttpObjectAggregator(MAX_BODY))
                .addLast(new ApiHandler(config, this::state));
    }

    private ServerState state() {
        ServerState current = state;
        if (current == null) {
            current = new ServerState(config, config.data(), address);
            state = current;
        }
        return current;
    }

    /** Closes the listener and every connection, as the death of the process does; the state is kept. */
    public synchronized void stop() {
        if (listener == null) {
            return;
        }
        listener.close().awaitUninterruptibly();
        listener = null;
        connections.close().awaitUninterruptibly();
        // Like a restarted kube-apiserver, it knows no change from before.
        call(() -> {
            ServerState current = state();
            current.store().forgetHistory();
            return current;
        });
    }

    /** Stops, forgets everything and starts anew: resource versions begin again. */
    public synchronized void restartEmpty() {
        stop();
        call(() -> {
            state().close();
            Path data = config.data();
            if (data != null) {
                Files.deleteIfExists(data);
            }
            state = null;
            return true;
        });
        start();
    }

    /** Forgets the history and ends all watches, so that a client that resumes is answered with 410. */
    public void expire() {
        call(() -> {
            state().expire();
            return true;
        });
    }

    private <T> T call(Callable<T> task) {
        try {
            return loop.submit(task).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the API server was busy", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the API server failed: " + e.getCause(), e.getCause());
        }
    }

    @Override
    public synchronized void close() {
        stop();
        call(() -> {
            state().close();
            return true;
        });
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
