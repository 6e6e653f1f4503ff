package io.remora.agent;

import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An address cannot be listened on; the message names the setting and the fix. */
final class BindFailure extends IOException {

    private static final long serialVersionUID = 1L;

    // Linux's numbers, the same on every architecture that Netty has a native library for.
    private static final int EPERM = 1;
    private static final int EACCES = 13;
    private static final int EAFNOSUPPORT = 97;
    private static final int EADDRINUSE = 98;
    private static final int EADDRNOTAVAIL = 99;

    private final int errno;

    private BindFailure(String message, int errno, Throwable cause) {
        super(message, cause);
        this.errno = errno;
    }

    /**
     * Explains why a bind failed.
     *
     * @param portSetting what chose the port
     * @param addressesSetting what chose the addresses
     * @param where the addresses and the port
     */
    static BindFailure of(String portSetting, String addressesSetting, String where, Throwable cause) {
        int errno = errno(cause);
        String reason = switch (errno) {
            case EADDRINUSE ->
                "another process has the port. Does a second agent run? Else choose another " + portSetting;
            case EPERM, EACCES ->
                "not permitted. Ports below net.ipv4.ip_unprivileged_port_start"
                        + " (1024 if nobody changed it) need CAP_NET_BIND_SERVICE: choose another " + portSetting;
            case EADDRNOTAVAIL -> "this machine has no such address. Choose other " + addressesSetting;
            case EAFNOSUPPORT -> "the kernel has no such address family. Choose other " + addressesSetting;
            case 0 -> String.valueOf(cause.getMessage()); // our own words, which name the setting
            default -> cause.getMessage() + ". Check " + portSetting + " and " + addressesSetting;
        };
        return new BindFailure("cannot listen on " + where + ": " + reason, errno, cause);
    }

    private static int errno(@Nullable Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof NativeIoException failure) {
                return Math.abs(failure.expectedErr());
            }
        }
        return 0;
    }

    /** Whether another process has the port. */
    boolean isInUse() {
        return errno == EADDRINUSE;
    }

    /** Whether the machine lacks the address or its family. */
    boolean isFamilyMissing() {
        return errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL;
    }
}
