package io.remora.agent;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.remora.config.AdminConfig;
import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Tells over HTTP/1.1 what the agent does. One thread and bounded memory serve all its clients: none of them is waited
 * for, and when too many connections are open the oldest one makes room. Thread-safe.
 */
final class AdminServer implements AutoCloseable {

    private static final Duration REQUEST_TIME = Duration.ofSeconds(10);
    private static final Duration RESPONSE_TIME = Duration.ofSeconds(60);
    private static final int MAX_CONNECTIONS = 128;

    private final MultiThreadIoEventLoopGroup threads;
    private final ServerBootstrap bootstrap;
    private final List<Channel> listeners = new ArrayList<>();
    private final Deque<Channel> connections = new ArrayDeque<>(); // owned by the only thread

    /** Serves the given pages once bound. */
    AdminServer(AdminRoutes routes) {
        this(routes, REQUEST_TIME, RESPONSE_TIME);
    }

    AdminServer(AdminRoutes routes, Duration requestTime, Duration responseTime) {
        threads = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("remora-admin", true), EpollIoHandler.newFactory());
        bootstrap = new ServerBootstrap()
                .group(threads)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        admit(channel);
                        channel.pipeline()
                                .addLast(
                                        new HttpServerCodec(AdminLimits.LINE, AdminLimits.HEADERS, AdminLimits.CHUNK),
                                        new AdminBodyLimit(),
                                        new ChunkedWriteHandler(),
                                        new FlowControlHandler(), // one request at a time
                                        new AdminHandler(routes, requestTime, responseTime));
                    }
                });
    }

    /**
     * Listens.
     *
     * @return the addresses listened on
     * @throws IOException if one of them cannot be had
     */
    List<TransportAddress> bind(AdminConfig config) throws IOException {
        if (config.addresses().isEmpty()) {
            // The IPv6 wildcard takes IPv4 too; where the kernel has no IPv6, the IPv4 one is all there is.
            try {
                bind(new InetSocketAddress(InetAddress.getByName("::"), config.port()));
            } catch (BindFailure e) {
                if (!e.isFamilyMissing()) {
                    throw e;
                }
                bind(new InetSocketAddress(InetAddress.getByName("0.0.0.0"), config.port()));
            }
        }
        for (IpAddress address : config.addresses()) {
            bind(new InetSocketAddress(address.toInetAddress(), config.port()));
        }
        return listeners.stream()
                .map(listener -> TransportAddress.tcp(listener.localAddress()))
                .toList();
    }

    private void bind(InetSocketAddress address) throws BindFailure {
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw BindFailure.of(
                    "remora.admin.port",
                    "remora.admin.addresses",
                    TransportAddress.tcp(address).toString(),
                    bound.cause());
        }
        listeners.add(bound.channel());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a close has no other end
    private void admit(Channel channel) {
        connections.add(channel);
        channel.closeFuture().addListener(closed -> connections.remove(channel));
        if (connections.size() > MAX_CONNECTIONS) {
            connections.remove().close();
        }
    }

    /** Stops listening and closes every connection. */
    @Override
    public void close() {
        listeners.forEach(listener -> listener.close().awaitUninterruptibly());
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
