package io.remora.lab.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Opens many connections to a {@code greeting} server and holds them all at once. It prints one line when each has been
 * greeted, holds them, then has each echo a line and prints how many still work.
 */
final class HoldClient {
    private static final int IN_PROGRESS = 256;

    private final InetSocketAddress target;
    private final int connections;
    private final long holdNanos;
    private final long timeoutNanos;
    private final List<SocketChannel> channels = new ArrayList<>();
    private final Map<String, Integer> answers = new TreeMap<>();
    private final Map<String, Integer> errors = new TreeMap<>();
    private int settled;

    HoldClient(Arguments arguments) {
        target = arguments.target();
        connections = arguments.number("connections", 100);
        holdNanos = TimeUnit.MILLISECONDS.toNanos(arguments.number("hold-ms", 1000));
        timeoutNanos = TimeUnit.MILLISECONDS.toNanos(arguments.number("timeout-ms", 60_000));
    }

    int run() throws IOException {
        long begin = System.nanoTime();
        try (Selector selector = Selector.open()) {
            int started = 0;
            while (settled < connections && System.nanoTime() - begin < timeoutNanos) {
                while (started < connections && started - settled < IN_PROGRESS) {
                    open(selector);
                    started++;
                }
                selector.select(this::ready, 100);
            }
            report("opened", begin);
            LockSupport.parkNanos(holdNanos);
            begin = System.nanoTime();
            answers.clear();
            settled = 0;
            List<SocketChannel> open =
                    channels.stream().filter(SocketChannel::isOpen).toList();
            for (SocketChannel channel : open) {
                SelectionKey key = channel.keyFor(selector);
                key.attach("");
                if (!say(channel)) {
                    settled++;
                }
            }
            while (settled < open.size() && System.nanoTime() - begin < timeoutNanos) {
                selector.select(this::ready, 100);
            }
            int alive = report("alive", begin);
            for (SocketChannel channel : channels) {
                channel.close();
            }
            return alive == connections ? 0 : 1;
        }
    }

    private void open(Selector selector) {
        try {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            channels.add(channel);
            boolean connected = channel.connect(target);
            channel.register(selector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, "");
        } catch (IOException e) {
            failed(e);
            settled++;
        }
    }

    private boolean say(SocketChannel channel) {
        try {
            channel.write(ByteBuffer.wrap("still here\n".getBytes(StandardCharsets.US_ASCII)));
            return true;
        } catch (IOException e) {
            failed(e);
            return false;
        }
    }

    private void ready(SelectionKey key) {
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                key.interestOps(SelectionKey.OP_READ);
                return;
            }
            ByteBuffer buffer = ByteBuffer.allocate(256);
            if (channel.read(buffer) < 0) {
                throw new IOException("closed by the server");
            }
            String line = key.attachment()
                    + StandardCharsets.UTF_8.decode(buffer.flip()).toString();
            if (line.endsWith("\n")) {
                answers.merge(line.strip(), 1, Integer::sum);
                line = "";
                settled++;
            }
            key.attach(line);
        } catch (IOException e) {
            failed(e);
            settled++;
            key.cancel();
            try {
                channel.close();
            } catch (IOException closing) {
                failed(closing);
            }
        }
    }

    private void failed(IOException e) {
        errors.merge(e.getClass().getSimpleName() + ": " + e.getMessage(), 1, Integer::sum);
    }

    private int report(String what, long begin) {
        int total = answers.values().stream().mapToInt(Integer::intValue).sum();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put(what, total);
        result.put("answers", answers);
        result.put("errors", errors);
        result.put("millis", (System.nanoTime() - begin) / 1_000_000);
        System.out.println(Json.of(result));
        return total;
    }
}
