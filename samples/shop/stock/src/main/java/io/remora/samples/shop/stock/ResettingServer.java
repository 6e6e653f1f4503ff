package io.remora.samples.shop.stock;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Takes connections and resets them. */
final class ResettingServer implements AutoCloseable {
    private final ServerSocket listener;
    private final Thread thread;

    ResettingServer(int port) throws IOException {
        listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(port));
        thread = new Thread(this::accept, "reset");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try (Socket accepted = listener.accept()) {
                accepted.setSoLinger(true, 0); // so that close() is a reset
            } catch (IOException e) {
                // Of that connection; or the listener is closed, which the loop sees.
                System.out.println("not reset: " + e.getMessage());
            }
        }
    }

    /** Returns when the port is free again, which it is not while the thread still accepts. */
    @Override
    public void close() {
        try {
            listener.close();
            thread.join();
        } catch (IOException e) {
            throw new UncheckedIOException("the port cannot be closed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
