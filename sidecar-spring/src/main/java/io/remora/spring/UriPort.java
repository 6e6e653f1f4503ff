package io.remora.spring;

import org.jspecify.annotations.Nullable;

/** The port of a URL. Stateless. */
public final class UriPort {

    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private UriPort() {}

    /**
     * Returns the port that a client of HTTP dials.
     *
     * @param port the one that is written; -1 if none is
     * @return 1 to 65535; -1 if it is not HTTP
     */
    public static int of(@Nullable String scheme, int port) {
        if ("http".equalsIgnoreCase(scheme)) {
            return port > 0 ? port : HTTP;
        }
        if ("https".equalsIgnoreCase(scheme)) {
            return port > 0 ? port : HTTPS;
        }
        return -1;
    }
}
