package io.remora.lab.api.embedded;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the embedded API server behaves.
 *
 * @param adminToken the bearer token that may do everything
 * @param historyLimit how many changes a watch can start from; older resource versions are answered with 410
 * @param bookmarkInterval how often a watch that asks for bookmarks gets one; kube-apiserver has one minute
 * @param tooOldAsHttp whether a watch from a forgotten resource version is answered with HTTP status 410; otherwise with an
 *     ERROR event, as kube-apiserver does
 * @param data the file that keeps the objects across restarts of the process; null keeps them in memory
 * @param tls what it speaks HTTPS with; null makes it speak plain HTTP, over which kubectl sends no token
 */
public record EmbeddedConfig(
        String adminToken,
        int historyLimit,
        Duration bookmarkInterval,
        boolean tooOldAsHttp,
        @Nullable Path data,
        @Nullable Tls tls) {

    public static final EmbeddedConfig DEFAULT =
            new EmbeddedConfig("admin-token", 20_000, Duration.ofMinutes(1), false, null, null);

    /**
     * A certificate and its key.
     *
     * @param certificate PEM file
     * @param key PEM file (PKCS #8)
     */
    public record Tls(Path certificate, Path key) {}

    public EmbeddedConfig {
        if (adminToken.isEmpty()) {
            throw new IllegalArgumentException("adminToken must not be empty");
        }
        if (historyLimit < 1) {
            throw new IllegalArgumentException("historyLimit must be at least 1: " + historyLimit);
        }
        if (bookmarkInterval.toMillis() < 1) {
            throw new IllegalArgumentException("bookmarkInterval must be at least 1 ms: " + bookmarkInterval);
        }
    }

    public EmbeddedConfig withAdminToken(String token) {
        return new EmbeddedConfig(token, historyLimit, bookmarkInterval, tooOldAsHttp, data, tls);
    }

    public EmbeddedConfig withHistoryLimit(int limit) {
        return new EmbeddedConfig(adminToken, limit, bookmarkInterval, tooOldAsHttp, data, tls);
    }

    public EmbeddedConfig withBookmarkInterval(Duration interval) {
        return new EmbeddedConfig(adminToken, historyLimit, interval, tooOldAsHttp, data, tls);
    }

    public EmbeddedConfig withTooOldAsHttp(boolean asHttp) {
        return new EmbeddedConfig(adminToken, historyLimit, bookmarkInterval, asHttp, data, tls);
    }

    public EmbeddedConfig withData(Path file) {
        return new EmbeddedConfig(adminToken, historyLimit, bookmarkInterval, tooOldAsHttp, file, tls);
    }

    public EmbeddedConfig withTls(Path certificate, Path key) {
        return new EmbeddedConfig(
                adminToken, historyLimit, bookmarkInterval, tooOldAsHttp, data, new Tls(certificate, key));
    }
}
