package io.remora.outlier;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

/**
 * Active probes of every eligible endpoint (Envoy {@code HealthCheck}). Immutable and validated.
 *
 * @param kind what a probe does
 * @param path of an HTTP probe, as it stands in a URL; it succeeds with a status of 200 to 399, as a kubelet's does
 * @param interval between probes of an endpoint
 * @param timeout of one probe
 * @param unhealthyThreshold failures in a row that eject
 * @param healthyThreshold successes in a row that bring back
 */
public record ProbeConfig(
        Kind kind, String path, Duration interval, Duration timeout, int unhealthyThreshold, int healthyThreshold) {

    /** No probes. */
    public static final ProbeConfig OFF =
            new ProbeConfig(Kind.OFF, "/", Duration.ofSeconds(10), Duration.ofSeconds(1), 3, 2);

    public ProbeConfig {
        checkPath(path);
        if (interval.toMillis() < 1 || timeout.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "interval and timeout of probes must be 1 ms at least: " + interval + ", " + timeout);
        }
        if (unhealthyThreshold < 1 || healthyThreshold < 1) {
            throw new IllegalArgumentException(
                    "thresholds of probes must be positive: " + unhealthyThreshold + ", " + healthyThreshold);
        }
    }

    /**
     * Checks the path of an HTTP probe.
     *
     * @throws IllegalArgumentException if it cannot stand in a URL
     */
    public static void checkPath(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("the path of an HTTP probe must begin with /: " + path);
        }
        try {
            new URI("http://h" + path);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "the path of an HTTP probe must be percent-encoded, such as /a%20b for \"/a b\": " + path, e);
        }
    }

    /** The kinds of probes. */
    public enum Kind {
        OFF("off"),
        /** A TCP connect. */
        TCP("tcp"),
        /** An HTTP GET. */
        HTTP("http");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** The name in settings. */
        public String text() {
            return text;
        }
    }
}
