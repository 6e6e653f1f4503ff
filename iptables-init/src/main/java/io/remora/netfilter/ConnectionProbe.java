package io.remora.netfilter;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Dials an address that the rules capture and finds the other end of that very connection at the capture port.
 *
 * <p>Where nobody listens there, the probe does, and the connection it accepts must come from the address and port that
 * it dialled from. Where the agent listens already, the kernel's table of sockets must show a socket of the capture port
 * whose peer is that address and port; no help of the agent is needed. An agent may have reset the connection before
 * the table was read; then a dial that connects while the REDIRECT rules count a packet is the proof.
 */
final class ConnectionProbe {

    private static final int DIALS = 3;
    private static final long PAUSE_NANOS = 200_000;
    private static final int LOOKS = 5;

    private final SocketTable sockets;
    private final Duration timeout;

    ConnectionProbe(SocketTable sockets, Duration timeout) {
        this.sockets = sockets;
        this.timeout = timeout;
    }

    /** How a proof came about, for people; or why there is no route to the address. */
    record Proof(boolean routed, String text) {}

    /**
     * @param target an address that the rules capture
     * @param port a port that they capture
     * @param capturePort where the rules redirect it to
     * @param redirected how many packets the redirecting rules have counted
     * @throws InitFailure when the connection did not arrive
     */
    Proof prove(Address target, int port, int capturePort, LongSupplier redirected) {
        InetSocketAddress destination = new InetSocketAddress(target.toInetAddress(), port);
        InetSocketAddress landing =
                new InetSocketAddress(parse(target.family().loopbackAddress()).toInetAddress(), capturePort);
        String name = target.family() == Family.IPV4 ? target + ":" + port : "[" + target + "]:" + port;
        long deadline = System.nanoTime() + timeout.toNanos();
        try (ServerSocket listener = listen(landing)) {
            return listener != null
                    ? proveByAccept(listener, destination, name, deadline)
                    : proveBySocketTable(destination, capturePort, name, deadline, redirected);
        } catch (IOException failure) {
            return withoutConnection(failure, name);
        }
    }

    private static Address parse(String literal) {
        Address address = Address.parse(literal);
        if (address == null) {
            throw new IllegalStateException(literal);
        }
        return address;
    }

    /** Listens where REDIRECT lands; null when somebody does already. */
    private @Nullable ServerSocket listen(InetSocketAddress landing) {
        try {
            ServerSocket listener = new ServerSocket();
            try {
                listener.bind(landing, 64);
                return listener;
            } catch (IOException inUse) {
                listener.close();
                throw inUse;
            }
        } catch (BindException failure) {
            String why = String.valueOf(failure.getMessage());
            if (why.contains("in use")) {
                return null;
            }
            throw new InitFailure(
                    ExitCode.PROBE_FAILED,
                    "cannot listen on " + landing + " to prove the rules: " + why,
                    why.contains("Permission")
                            ? "choose a --capture-port above 1023, or add the capability NET_BIND_SERVICE"
                            : "REDIRECT hands connections to that address: bring the loopback interface up with it");
        } catch (IOException failure) {
            throw new InitFailure(
                    ExitCode.PROBE_FAILED,
                    "cannot listen on " + landing + " to prove the rules: " + failure.getMessage(),
                    "or leave the proof out with --skip-probe");
        }
    }

    private Proof proveByAccept(ServerSocket listener, InetSocketAddress destination, String name, long deadline)
            throws IOException {
        try (Socket dialled = dial(destination, deadline)) {
            while (true) {
                listener.setSoTimeout(remainingMillis(deadline));
                try (Socket accepted = listener.accept()) {
                    accepted.setSoLinger(true, 0);
                    if (accepted.getPort() == dialled.getLocalPort()
                            && accepted.getInetAddress().equals(dialled.getLocalAddress())) {
                        return new Proof(
                                true, "a connection to " + name + " arrived at port " + listener.getLocalPort());
                    }
                } catch (SocketTimeoutException none) {
                    throw elsewhere(name, listener.getLocalPort());
                }
            }
        }
    }

    private Proof proveBySocketTable(
            InetSocketAddress destination, int capturePort, String name, long deadline, LongSupplier redirected)
            throws IOException {
        for (int i = 0; i < DIALS; i++) {
            if (isAtCapturePort(destination, capturePort, deadline)) {
                return new Proof(
                        true,
                        "a connection to " + name + " arrived at port " + capturePort
                                + ", where the agent listens already");
            }
        }
        long before = redirected.getAsLong();
        isAtCapturePort(destination, capturePort, deadline);
        if (redirected.getAsLong() > before) {
            return new Proof(
                    true,
                    "a connection to " + name + " was redirected to port " + capturePort
                            + ", where the agent listens already and closed it at once");
        }
        throw elsewhere(name, capturePort);
    }

    /** Whether the other end is seen there; an agent that resets at once may have done so before the first look. */
    private boolean isAtCapturePort(InetSocketAddress destination, int capturePort, long deadline) throws IOException {
        try (Socket dialled = dial(destination, deadline)) {
            Address from = Address.of(dialled.getLocalAddress());
            for (int look = 0; look < LOOKS; look++) {
                if (sockets.hasConnection(capturePort, from, dialled.getLocalPort())) {
                    return true;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            return false;
        } catch (SocketException failure) {
            if (String.valueOf(failure.getMessage()).contains("reset")) {
                return false; // the handshake was over, or the kernel would have said "refused"
            }
            throw failure;
        }
    }

    /** Leaves no TIME_WAIT behind: closing resets. */
    private Socket dial(InetSocketAddress destination, long deadline) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setSoLinger(true, 0);
            socket.connect(destination, remainingMillis(deadline));
            return socket;
        } catch (IOException failure) {
            socket.close();
            throw failure;
        }
    }

    private static int remainingMillis(long deadline) {
        return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
    }

    private static InitFailure elsewhere(String name, int capturePort) {
        return failed("a connection to " + name + " was accepted, but not by port " + capturePort);
    }

    private Proof withoutConnection(IOException failure, String name) {
        String why = String.valueOf(failure.getMessage());
        // Net.c maps ENETUNREACH and EHOSTUNREACH to different exceptions; the words are the kernel's.
        if (why.contains("unreachable") || why.contains("No route") || why.contains("Cannot assign")) {
            return new Proof(false, "no route to " + name + " from this network namespace (" + why + ")");
        }
        if (failure instanceof SocketTimeoutException) {
            throw failed("a connection to " + name + " was not answered within " + timeout.toMillis() + " ms");
        }
        throw failed("a connection to " + name + " failed: " + why);
    }

    private static InitFailure failed(String problem) {
        return new InitFailure(ExitCode.PROBE_FAILED, problem, "look for other rules that take it first");
    }
}
