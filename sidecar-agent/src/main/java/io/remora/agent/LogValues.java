package io.remora.agent;

import io.remora.config.Durations;
import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.stream.Collectors;

/** Values of log lines as people write them elsewhere: durations as in settings, addresses as clients dial them. */
final class LogValues {

    private LogValues() {}

    /** Returns the text of a value; that of several with commas between them. */
    static String text(Object value) {
        if (value instanceof Collection<?> several) {
            return several.stream().map(LogValues::text).collect(Collectors.joining(", "));
        }
        if (value instanceof Duration duration) {
            return Durations.format(duration);
        }
        if (value instanceof InetSocketAddress address) {
            return address.isUnresolved()
                    ? address.getHostString() + ":" + address.getPort()
                    : TransportAddress.tcp(address).toString();
        }
        return value instanceof InetAddress address ? IpAddress.of(address).toString() : value.toString();
    }
}
