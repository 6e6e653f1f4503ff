package io.remora.client;

import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Service and one of its TCP ports, as a client names it. Immutable.
 *
 * @param portName name of the Service's port; null if it is not named
 * @param portNumber number of the Service's port, 1 to 65535; 0 if that is not given. With neither, the only port is meant
 */
public record ServiceTarget(ServiceId service, @Nullable String portName, int portNumber) {

    public ServiceTarget {
        Objects.requireNonNull(service);
        if (portNumber < 0 || portNumber > 65535 || portName != null && portNumber != 0) {
            throw new IllegalArgumentException(
                    "a port is named or has a number, 1 to 65535: " + portName + ", " + portNumber + " of " + service);
        }
    }

    /** The only port of a Service. */
    public static ServiceTarget of(ServiceId service) {
        return new ServiceTarget(service, null, 0);
    }

    /** A port by its number. */
    public static ServiceTarget of(ServiceId service, int portNumber) {
        return new ServiceTarget(service, null, portNumber);
    }

    /** A port by its name. */
    public static ServiceTarget of(ServiceId service, String portName) {
        return new ServiceTarget(service, portName, 0);
    }

    /** Whether a Service's port is the one that is meant; any is where none is named. */
    public boolean matches(ServicePort port) {
        return portName == null ? portNumber == 0 || portNumber == port.port() : portName.equals(port.name());
    }

    /** Returns {@code namespace/name:port}. */
    @Override
    public String toString() {
        return portName != null
                ? service + ":" + portName
                : portNumber == 0 ? service.toString() : service + ":" + portNumber;
    }
}
