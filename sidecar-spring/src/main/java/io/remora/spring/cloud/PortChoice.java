package io.remora.spring.cloud;

import io.remora.discovery.ServicePort;
import io.remora.registry.Destination;
import io.remora.registry.ServiceEntry;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which port of a Service is meant by a URL whose host is only a name, as Spring Cloud has it. Immutable.
 *
 * @param secure whether it speaks TLS: it is called {@code https}, by its name or its application protocol, or has the
 *     number 443 or 8443
 */
record PortChoice(ServicePort port, boolean secure) {

    private static final String HTTPS = "https";

    /**
     * Chooses a port: the one that the URL names; of the others, those that go with its scheme come first, and of these the
     * one that is named {@code http} or {@code https}, or else the first.
     *
     * @param url the request's; null if there is none
     * @return null if the Service has no port that is balanced
     */
    static @Nullable PortChoice of(ServiceEntry entry, @Nullable URI url) {
        boolean secure = url != null && HTTPS.equalsIgnoreCase(url.getScheme());
        PortChoice best = null;
        int bestRank = -1;
        for (ServicePort port : ports(entry)) {
            PortChoice choice = new PortChoice(port, isSecure(port));
            int rank = choice.rank(secure, url == null ? -1 : url.getPort());
            if (rank > bestRank) {
                best = choice;
                bestRank = rank;
            }
        }
        return best;
    }

    private int rank(boolean wantsSecure, int wantedPort) {
        if (port.port() == wantedPort) {
            return 3;
        }
        if (secure != wantsSecure) {
            return 0;
        }
        return port.name().equals(wantsSecure ? HTTPS : "http") ? 2 : 1;
    }

    private static boolean isSecure(ServicePort port) {
        return HTTPS.equals(port.name())
                || HTTPS.equalsIgnoreCase(port.appProtocol())
                || port.port() == 443
                || port.port() == 8443;
    }

    /** Returns the ports of a Service that are balanced, in its own order. */
    static List<ServicePort> ports(ServiceEntry entry) {
        List<ServicePort> ports = new ArrayList<>();
        for (Destination each : entry.destinations()) {
            if (!each.id().external() && !ports.contains(each.port())) {
                ports.add(each.port());
            }
        }
        return ports;
    }
}
