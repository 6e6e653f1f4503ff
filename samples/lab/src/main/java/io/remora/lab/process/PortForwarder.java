package io.remora.lab.process;

import java.net.InetSocketAddress;

/** Makes a TCP address inside a namespace reachable from this JVM, which lives outside of it. Thread-safe. */
public interface PortForwarder {

    /**
     * Opens a port on this machine's loopback address that leads to {@code inside}, an address as the namespace sees it.
     * The port stays open, whatever becomes of the program behind it, until the namespace ends. Asking again for the same
     * address gives the same port.
     */
    InetSocketAddress forward(InetSocketAddress inside);
}
