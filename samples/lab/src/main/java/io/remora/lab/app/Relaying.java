package io.remora.lab.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Carries connections into a namespace: a Unix socket, which no network namespace hides, takes a line {@code ADDRESS:PORT}
 * and is from there on that TCP connection.
 */
public final class Relaying {
    private Relaying() {}

    /** Serves the inner end at {@code socket} until the process is killed. */
    static int serve(Path socket) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            System.out.println("forwarding");
            while (true) {
                SocketChannel outer = server.accept();
                Threads.daemon("forward", () -> {
                    try (outer) {
                        String target = line(outer);
                        try (SocketChannel inner = SocketChannel.open(Arguments.address(target))) {
                            both(outer, inner);
                        }
                    }
                });
            }
        }
    }

    /** The outer end: relays an accepted connection through {@code socket}, until both directions have ended. */
    public static void through(Path socket, SocketChannel accepted, InetSocketAddress inside)
            throws IOException, InterruptedException {
        try (accepted;
                SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            String host = inside.getAddress().getHostAddress();
            String target = "[" + host + "]:" + inside.getPort() + "\n";
            channel.write(ByteBuffer.wrap(target.getBytes(StandardCharsets.US_ASCII)));
            both(accepted, channel);
        }
    }

    private static void both(SocketChannel one, SocketChannel other) throws IOException, InterruptedException {
        Thread back = Threads.daemon("forward-back", () -> copy(other, one));
        copy(one, other);
        back.join();
    }

    /** Copies to the end of the stream and passes that on; a failure ends both directions. */
    private static void copy(SocketChannel from, SocketChannel to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
        try {
            while (from.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
            to.shutdownOutput();
        } catch (IOException e) {
            from.close();
            to.close();
        }
    }

    private static String line(SocketChannel channel) throws IOException {
        StringBuilder line = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (channel.read(one.clear()) > 0) {
            char c = (char) one.get(0);
            if (c == '\n') {
                return line.toString();
            }
            line.append(c);
        }
        throw new IOException("no address came: " + line);
    }
}
