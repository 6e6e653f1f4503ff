package io.remora.spring.actuate;

import io.remora.discovery.TransportAddress;
import io.remora.embedded.EmbeddedRelay;
import java.util.List;

/**
 * The relay inside this application.
 *
 * @param addresses where it listens
 * @param dscp the type of service that its dials are known by
 * @param connections live ones, those included that wait for their address or their endpoint
 * @param holding whether connections wait now for the Services to be known
 */
record RelayView(List<String> addresses, int dscp, int connections, boolean holding) {

    static RelayView of(EmbeddedRelay relay) {
        return new RelayView(
                relay.addresses().stream().map(TransportAddress::toString).toList(),
                relay.config().dscp(),
                relay.active(),
                relay.isHolding());
    }
}
