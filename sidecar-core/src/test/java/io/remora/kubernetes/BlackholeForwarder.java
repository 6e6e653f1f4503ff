package io.remora.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** Forwards connections to a port of loopback, and can swallow all that comes on those that exist. */
final class BlackholeForwarder implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<AtomicBoolean> holes = new CopyOnWriteArrayList<>();
    private final int target;

    BlackholeForwarder(int target) throws IOException {
        this.target = target;
        threads.execute(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    int accepted() {
        return holes.size();
    }

    /** From now on nothing passes on the connections that exist, nor are they closed. */
    void swallow() {
        holes.forEach(hole -> hole.set(true));
    }

    private void accept() {
        try {
            while (true) {
                Socket from = listener.accept();
                Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.addAll(List.of(from, to));
                AtomicBoolean hole = new AtomicBoolean();
                holes.add(hole);
                threads.execute(() -> copy(from, to, hole));
                threads.execute(() -> copy(to, from, hole));
            }
        } catch (IOException e) {
            close(); // the listener was closed
        }
    }

    private static void copy(Socket from, Socket to, AtomicBoolean hole) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[16 << 10];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!hole.get()) {
                    out.write(buffer, 0, read);
                }
            }
            if (!hole.get()) {
                to.shutdownOutput();
            }
        } catch (IOException e) {
            Thread.currentThread().interrupt(); // one side is gone; so is this thread
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
