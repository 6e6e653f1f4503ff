package io.remora.lab.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Speaks first when it has a greeting, then sends back what it reads. At the client's end of stream it sends what is left and
 * closes. One thread serves thousands of connections.
 */
final class EchoServer {
    private static final int BACKLOG = 4096;
    private static final int BUFFER = 64 * 1024;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Selector selector;
    private final ServerSocketChannel server;
    private final byte[] greeting;
    /** What is read on any connection; only what cannot be written at once is kept per connection. */
    private final ByteBuffer shared = ByteBuffer.allocateDirect(BUFFER);

    private EchoServer(int port, String greeting) throws IOException {
        this.selector = Selector.open();
        this.server = ServerSocketChannel.open();
        this.greeting = greeting.getBytes(StandardCharsets.UTF_8);
        server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        server.bind(new InetSocketAddress(port), BACKLOG);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    static void start(int port, String greeting) throws IOException {
        EchoServer server = new EchoServer(port, greeting);
        Threads.daemon("echo-" + port, server::loop);
    }

    /** What is still to be sent on a connection; nothing is read meanwhile. */
    private static final class Pending {
        private ByteBuffer bytes;
        private boolean ended;

        private Pending(byte[] greeting) {
            bytes = ByteBuffer.wrap(greeting.clone());
        }
    }

    private void loop() throws IOException {
        while (true) {
            selector.select(key -> {
                if (key.isAcceptable()) {
                    accept();
                } else if (key.attachment() instanceof Pending pending) {
                    serve(key, (SocketChannel) key.channel(), pending);
                }
            });
        }
    }

    private void accept() {
        try {
            SocketChannel channel = server.accept();
            if (channel != null) {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                Pending pending = new Pending(greeting);
                serve(channel.register(selector, SelectionKey.OP_READ, pending), channel, pending);
            }
        } catch (IOException e) {
            System.err.println("accept failed: " + e);
        }
    }

    private void serve(SelectionKey key, SocketChannel channel, Pending pending) {
        try {
            while (flush(channel, pending)) {
                if (pending.ended) {
                    channel.close();
                    return;
                }
                int read = channel.read(shared.clear());
                if (read == 0) {
                    key.interestOps(SelectionKey.OP_READ);
                    return;
                }
                pending.ended = read < 0;
                channel.write(shared.flip());
                if (shared.hasRemaining()) {
                    pending.bytes =
                            ByteBuffer.allocate(shared.remaining()).put(shared).flip();
                }
            }
            key.interestOps(SelectionKey.OP_WRITE);
        } catch (IOException e) {
            close(channel);
        }
    }

    private static boolean flush(SocketChannel channel, Pending pending) throws IOException {
        if (pending.bytes.hasRemaining()) {
            channel.write(pending.bytes);
        }
        if (pending.bytes.hasRemaining()) {
            return false;
        }
        pending.bytes = NOTHING;
        return true;
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            System.err.println("close failed: " + e);
        }
    }
}
