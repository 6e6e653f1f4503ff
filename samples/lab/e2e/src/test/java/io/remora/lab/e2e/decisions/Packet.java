package io.remora.lab.e2e.decisions;

import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;

/**
 * The first packet of a TCP connection.
 *
 * @param source the address of a pod
 * @param destination where it is addressed
 */
record Packet(IpAddress source, TransportAddress destination) {

    Packet to(TransportAddress other) {
        return new Packet(source, other);
    }
}
