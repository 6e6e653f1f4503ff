package io.remora.lab.e2e.decisions;

import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The addresses of which a Service may be the reason for what becomes of a connection. */
final class Questions {

    /** A port that no Service has. */
    private static final int UNDEFINED_PORT = 4;

    private Questions() {}

    /**
     * Everything about a Service that can be asked for: each address with each port, whatever its protocol, and with one that
     * is not there, and its node ports.
     *
     * @param nodeIps addresses of all nodes
     */
    static Set<TransportAddress> about(JsonNode service, List<String> nodeIps) {
        JsonNode spec = service.path("spec");
        Set<TransportAddress> questions = new LinkedHashSet<>();
        for (IpAddress ip : addresses(service)) {
            spec.path("ports")
                    .forEach(port -> questions.add(
                            TransportAddress.tcp(ip, port.path("port").asInt())));
            questions.add(TransportAddress.tcp(ip, UNDEFINED_PORT));
        }
        for (JsonNode port : spec.path("ports")) {
            int nodePort = port.path("nodePort").asInt(0);
            if (nodePort != 0) {
                nodeIps.forEach(ip -> questions.add(TransportAddress.tcp(IpAddress.parse(ip), nodePort)));
            }
        }
        return questions;
    }

    private static Set<IpAddress> addresses(JsonNode service) {
        Set<IpAddress> addresses = new LinkedHashSet<>();
        JsonNode spec = service.path("spec");
        spec.path("clusterIPs").forEach(ip -> IpAddress.tryParse(ip.asString()).ifPresent(addresses::add));
        spec.path("externalIPs").forEach(ip -> IpAddress.tryParse(ip.asString()).ifPresent(addresses::add));
        for (JsonNode ingress : service.path("status").path("loadBalancer").path("ingress")) {
            IpAddress.tryParse(ingress.path("ip").asString("")).ifPresent(addresses::add);
        }
        return addresses;
    }
}
