package io.remora.lab.process;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Makes a TCP address inside a namespace reachable from this JVM, which lives outside of it. Thread-safe. */
public interface PortForwarder {

    /**
     * Opens a port on this machine's loopback address that leads to {@code inside}, an address as the namespace sees it.
     * The port stays open, whatever becomes of the program behind it, until the namespace ends. Asking again for the same
     * address gives the same port.
     */
    InetSocketAddress forward(InetSocketAddress inside);

    /** {@link #forward(InetSocketAddress)} of an IP address as text. */
    default InetSocketAddress forward(String address, int port) {
        try {
            return forward(new InetSocketAddress(InetAddress.getAllByName(address)[0], port));
        } catch (UnknownHostException e) {
            throw new LabException("not an IP address: " + address, e);
        }
    }
}
