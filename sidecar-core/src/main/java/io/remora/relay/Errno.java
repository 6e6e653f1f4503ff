package io.remora.relay;

import io.netty.channel.unix.Errors.NativeIoException;
import java.net.NoRouteToHostException;
import java.nio.channels.NotYetConnectedException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Linux error numbers (errno(3)), the same on x86-64 and arm64, and how to find them in what Netty throws. */
final class Errno {

    static final int NONE = 0;
    static final int UNKNOWN = -1;
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ENOMEM = 12;
    static final int ENFILE = 23;
    static final int EMFILE = 24;
    static final int EPIPE = 32;
    static final int ELOOP = 40;
    static final int ENOPROTOOPT = 92;
    static final int EAFNOSUPPORT = 97;
    static final int EADDRINUSE = 98;
    static final int EADDRNOTAVAIL = 99;
    static final int ENETDOWN = 100;
    static final int ENETUNREACH = 101;
    static final int ECONNRESET = 104;
    static final int ENOBUFS = 105;
    static final int ENOTCONN = 107;
    static final int ETIMEDOUT = 110;
    static final int ECONNREFUSED = 111;

    private static final Pattern IN_MESSAGE = Pattern.compile("error\\(-?(\\d+)\\)");

    private Errno() {}

    /** Returns the error number behind an exception of Netty's, or of its cause; {@link #UNKNOWN} if it has none. */
    static int of(@Nullable Throwable problem) {
        for (Throwable t = problem; t != null; t = t.getCause()) {
            if (t instanceof NativeIoException nativeProblem) {
                return Math.abs(nativeProblem.expectedErr());
            }
            if (t instanceof NoRouteToHostException) {
                return ENETUNREACH; // Netty makes no difference between this and EHOSTUNREACH
            }
            if (t instanceof NotYetConnectedException) {
                return ENOTCONN;
            }
            Matcher matcher = IN_MESSAGE.matcher(String.valueOf(t.getMessage()));
            if (matcher.find()) {
                return Integer.parseInt(matcher.group(1)); // connect() tells the number in its text only
            }
        }
        return UNKNOWN;
    }

    /** Whether the process or machine has run out of something that it gets back when connections end. */
    static boolean isExhausted(int errno) {
        return errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    }
}
