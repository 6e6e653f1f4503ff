package io.remora.samples.shop.demo;

import io.remora.lab.app.Threads;
import io.remora.lab.process.LabException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A port of this machine's loopback that leads to another one: one that a person may choose. */
final class PagePort {
    private PagePort() {}

    /** @throws LabException if the port is taken */
    static int open(int port, InetSocketAddress target) {
        try {
            ServerSocket listener = new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
            Threads.daemon("page", () -> accept(listener, target));
            return listener.getLocalPort();
        } catch (IOException e) {
            throw new LabException(
                    "port " + port + " cannot be opened (" + e.getMessage() + "); choose another one by --port", e);
        }
    }

    private static void accept(ServerSocket listener, InetSocketAddress target) throws IOException {
        while (true) {
            Socket accepted = listener.accept();
            Threads.daemon("page", () -> relay(accepted, target));
        }
    }

    private static void relay(Socket accepted, InetSocketAddress target) throws IOException, InterruptedException {
        try (accepted;
                Socket inside = new Socket(target.getAddress(), target.getPort())) {
            Thread back = Threads.daemon("page-back", () -> copy(inside, accepted));
            copy(accepted, inside);
            back.join();
        }
    }

    /** Copies to the end of the stream and passes that on; a failure ends both directions. */
    private static void copy(Socket from, Socket to) throws IOException {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
            to.shutdownOutput();
        } catch (IOException e) {
            from.close();
            to.close();
        }
    }
}
