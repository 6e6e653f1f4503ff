package io.remora.netfilter;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Run in a namespace: listens on a range of ports, dials addresses, and prints at which port each connection arrived. */
final class HashProbe {

    private static final long PATIENCE_MILLIS = 5000;

    private HashProbe() {}

    /** Arguments: loopback address, first port, last port, then address and port of each destination. */
    public static void main(String[] args) throws IOException {
        try (Selector selector = Selector.open()) {
            for (int port = Integer.parseInt(args[1]); port <= Integer.parseInt(args[2]); port++) {
                ServerSocketChannel listener = ServerSocketChannel.open();
                listener.bind(new InetSocketAddress(args[0], port));
                listener.configureBlocking(false);
                listener.register(selector, SelectionKey.OP_ACCEPT);
            }
            StringBuilder lines = new StringBuilder();
            for (int i = 3; i < args.length; i += 2) {
                try (SocketChannel dialled =
                        SocketChannel.open(new InetSocketAddress(args[i], Integer.parseInt(args[i + 1])))) {
                    selector.select(PATIENCE_MILLIS);
                    int landed = landed(selector, ((InetSocketAddress) dialled.getLocalAddress()).getPort());
                    lines.append(args[i] + " " + args[i + 1] + " " + landed + "\n");
                }
            }
            System.out.print(lines);
        }
    }

    /** Accepts what has come; 0 when that is not the one connection from the local port. */
    private static int landed(Selector selector, int from) throws IOException {
        int landed = 0;
        for (SelectionKey key : selector.selectedKeys()) {
            ServerSocketChannel listener = (ServerSocketChannel) key.channel();
            try (SocketChannel accepted = listener.accept()) {
                boolean expected = ((InetSocketAddress) accepted.getRemoteAddress()).getPort() == from;
                landed = expected && landed == 0 ? ((InetSocketAddress) listener.getLocalAddress()).getPort() : -1;
            }
        }
        selector.selectedKeys().clear();
        return Math.max(0, landed);
    }
}
