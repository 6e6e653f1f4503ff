package io.remora.netfilter;

import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The kernel's TCP sockets of this network namespace, whoever owns them: proc_pid_net(5), {@code tcp} and {@code tcp6}. */
final class SocketTable {

    private static final String LISTEN = "0A";

    private final ProcSelf proc;

    SocketTable(ProcSelf proc) {
        this.proc = proc;
    }

    /** Whether a connection from that address and port has its other end at the local port. */
    boolean hasConnection(int localPort, Address remote, int remotePort) {
        // An IPv4 connection to a listener on [::] is in tcp6, its addresses mapped.
        return contains(proc.read("net/tcp6"), localPort, remote, remotePort)
                || (remote.family() == Family.IPV4 && contains(proc.read("net/tcp"), localPort, remote, remotePort));
    }

    /** Whether somebody listens on a port. */
    boolean listens(int port) {
        Predicate<List<String>> listening = words -> words.get(3).equals(LISTEN);
        return any(proc.read("net/tcp"), port, listening) || any(proc.read("net/tcp6"), port, listening);
    }

    static boolean contains(String table, int localPort, Address remote, int remotePort) {
        return any(table, localPort, words -> isPeer(words.get(2), remote, remotePort));
    }

    /** Whether there is a socket with that local port of which the words of its line are wanted. */
    private static boolean any(String table, int localPort, Predicate<List<String>> wanted) {
        String local = ":" + hexPort(localPort);
        for (String line : Text.lines(table)) {
            List<String> words = Text.words(line);
            if (words.size() > 3 && words.get(1).endsWith(local) && wanted.test(words)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPeer(String text, Address remote, int remotePort) {
        int colon = text.indexOf(':');
        return text.endsWith(":" + hexPort(remotePort)) && remote.equals(address(text.substring(0, colon)));
    }

    private static @Nullable Address address(String hex) {
        if (hex.length() == 8) {
            return new Address(Family.IPV4, 0, word(hex, 0));
        }
        if (hex.length() != 32) {
            return null;
        }
        long low = word(hex, 16) << 32 | word(hex, 24);
        if (word(hex, 0) == 0 && word(hex, 8) == 0 && word(hex, 16) == 0xffffL) {
            return new Address(Family.IPV4, 0, word(hex, 24));
        }
        return new Address(Family.IPV6, word(hex, 0) << 32 | word(hex, 8), low);
    }

    /** The kernel prints each 32-bit word of an address as a number in its own byte order. */
    private static long word(String hex, int at) {
        int word = Integer.parseUnsignedInt(hex.substring(at, at + 8), 16);
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        return (little ? Integer.reverseBytes(word) : word) & 0xffff_ffffL;
    }

    private static String hexPort(int port) {
        String hex = Integer.toHexString(port).toUpperCase(java.util.Locale.ROOT);
        return "0000".substring(hex.length()) + hex;
    }
}
