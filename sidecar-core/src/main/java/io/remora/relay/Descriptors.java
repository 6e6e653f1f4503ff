package io.remora.relay;

import io.netty.channel.unix.Errors.NativeIoException;
import io.remora.discovery.IpFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How far the relay may go with file descriptors. The kernel gives out the lowest free number, so the number of a new
 * socket tells how many are in use. Some are left for the rest of the process: whoever watches the API, or writes a log,
 * must not be starved by clients.
 *
 * @param limit numbers from here on are left to others
 */
record Descriptors(int limit) {

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String OPEN_FILES = "Max open files";
    private static final int MOST_RESERVED = 64;

    /** Loads the classes that are needed when no descriptor is left, while there are some to load them with. */
    static void prepare() {
        DialFailure failure = DialFailure.atOnce(new NativeIoException("accept", -Errno.EMFILE, false));
        if (!failure.exhausted()) {
            throw new IllegalStateException("EMFILE is not recognised");
        }
    }

    /** Reads the limit of this process (RLIMIT_NOFILE) and leaves a tenth of it, 64 at most. */
    static Descriptors ofProcess() {
        try {
            return ofLimit(parse(Files.readAllLines(LIMITS)));
        } catch (IOException | NumberFormatException e) {
            return new Descriptors(Integer.MAX_VALUE); // the kernel's own refusal is noticed as well
        }
    }

    static Descriptors ofLimit(int max) {
        return new Descriptors(max - Math.min(MOST_RESERVED, max / 10));
    }

    /** Returns the soft limit, which is the first number of its line. */
    static int parse(List<String> limits) {
        return limits.stream()
                .filter(line -> line.startsWith(OPEN_FILES))
                .map(line -> line.substring(OPEN_FILES.length()).strip().split(" +", 2)[0])
                .findFirst()
                .map(soft -> soft.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(soft))
                .orElse(Integer.MAX_VALUE);
    }

    /** Whether so many sockets leave at least as many descriptors to everything else. */
    boolean suffice(int sockets) {
        return sockets <= limit / 2;
    }

    /** Whether a socket is the last one that should be taken for now. */
    boolean isLast(TcpSocket socket) {
        return socket.intValue() >= limit;
    }

    /** Finds out whether there is room, at the cost of a socket that is opened and closed. */
    boolean hasRoom() {
        try {
            TcpSocket probe = TcpSocket.open(IpFamily.IPV4);
            boolean room = !isLast(probe);
            probe.close(false);
            return room;
        } catch (IOException e) {
            return false;
        }
    }
}
