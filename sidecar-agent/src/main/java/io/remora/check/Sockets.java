package io.remora.check;

import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The kernel's TCP sockets of this network namespace, whoever owns them: proc_pid_net(5). Stateless. */
final class Sockets {

    private static final String LISTEN = "0A";

    private final Path proc;

    /** @param proc {@code /proc/self}, or a folder like it */
    Sockets(Path proc) {
        this.proc = proc;
    }

    /** The user that sockets of this process belong to; empty if that cannot be read. */
    OptionalLong ownUser() {
        for (String line : lines("status")) {
            String[] words = line.split("\\s+", -1);
            if (words[0].equals("Uid:") && words.length > 4) {
                return OptionalLong.of(Long.parseLong(words[4]));
            }
        }
        return OptionalLong.empty();
    }

    /** The user of whom listens on a port; empty if nobody does. */
    OptionalLong listener(int port) {
        return find(socket -> socket.state().equals(LISTEN) && socket.localPort() == port)
                .map(socket -> OptionalLong.of(socket.user()))
                .orElse(OptionalLong.empty());
    }

    /**
     * The local port of the socket at the other end of a connection from that address and port, if it is a wanted one.
     * Other sockets may have the same peer: old ones, and those of a port that is used for several connections.
     */
    OptionalInt otherEnd(IpAddress from, int port, IntPredicate wanted) {
        return find(socket -> !socket.state().equals(LISTEN)
                        && socket.remotePort() == port
                        && from.equals(socket.remote())
                        && wanted.test(socket.localPort()))
                .map(socket -> OptionalInt.of(socket.localPort()))
                .orElse(OptionalInt.empty());
    }

    private record Socket(int localPort, @Nullable IpAddress remote, int remotePort, String state, long user) {}

    private Optional<Socket> find(Predicate<Socket> wanted) {
        for (String table : List.of("net/tcp", "net/tcp6")) {
            for (String line : lines(table)) {
                String[] words = line.strip().split("\\s+", -1);
                if (words.length > 7 && words[1].indexOf(':') > 0) {
                    Socket socket = new Socket(
                            port(words[1]), address(words[2]), port(words[2]), words[3], Long.parseLong(words[7]));
                    if (wanted.test(socket)) {
                        return Optional.of(socket);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(proc.resolve(file));
        } catch (IOException e) {
            return List.of();
        }
    }

    private static int port(String text) {
        return Integer.parseInt(text.substring(text.indexOf(':') + 1), 16);
    }

    private static @Nullable IpAddress address(String text) {
        String hex = text.substring(0, text.indexOf(':'));
        if (hex.length() == 8) {
            return new IpAddress(IpFamily.IPV4, 0, word(hex, 0));
        }
        if (hex.length() != 32) {
            return null;
        }
        if (word(hex, 0) == 0 && word(hex, 8) == 0 && word(hex, 16) == 0xffffL) { // an IPv4 connection to [::]
            return new IpAddress(IpFamily.IPV4, 0, word(hex, 24));
        }
        return new IpAddress(IpFamily.IPV6, word(hex, 0) << 32 | word(hex, 8), word(hex, 16) << 32 | word(hex, 24));
    }

    /** The kernel prints each 32-bit word of an address as a number in its own byte order. */
    private static long word(String hex, int at) {
        int word = Integer.parseUnsignedInt(hex.substring(at, at + 8), 16);
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        return (little ? Integer.reverseBytes(word) : word) & 0xffff_ffffL;
    }
}
