package io.remora.config;

import io.remora.discovery.IpAddress;
import java.util.List;

/**
 * Where the admin server listens. It is read-only for everyone but loopback.
 *
 * @param addresses local addresses; empty for all, which probes and Prometheus need
 * @param port 0 to 65535; 0 lets the kernel choose, for tests
 */
public record AdminConfig(List<IpAddress> addresses, int port) {

    /** All addresses, port 15020. */
    public static final AdminConfig DEFAULT = new AdminConfig(List.of(), 15020);

    public AdminConfig {
        addresses = List.copyOf(addresses);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("admin.port must be 0-65535: " + port);
        }
    }
}
