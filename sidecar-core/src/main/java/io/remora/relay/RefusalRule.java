package io.remora.relay;

import io.remora.discovery.IngressAddress;
import io.remora.discovery.IpAddress;
import io.remora.discovery.Protocol;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.TransportAddress;
import io.remora.registry.Frontend;
import io.remora.registry.Route;
import io.remora.registry.ServiceEntry;
import java.util.List;
import java.util.stream.Stream;

/** Which addresses of a Service may be refused, and which must be accepted. Pure functions. */
final class RefusalRule {

    private RefusalRule() {}

    /** Hears of each address. */
    interface Visitor {
        /**
         * Hears of one.
         *
         * @param refusable whether every connection to the address fails for want of a usable endpoint
         */
        void visit(TransportAddress address, boolean refusable);
    }

    /**
     * Visits every TCP address of a Service. One that is left to others is accepted, to be passed through; so is one whose
     * endpoints only the node's own kube-proxy knows.
     */
    static void visit(ServiceEntry entry, List<IpAddress> nodeAddresses, Visitor visitor) {
        for (Frontend frontend : entry.frontends()) {
            visitor.visit(frontend.address(), frontend.admitted().cause() == Route.Cause.NO_ELIGIBLE_ENDPOINT);
        }
        if (entry.exclusion() != null) {
            leftAlone(entry.service().spec(), nodeAddresses, visitor);
        }
    }

    private static void leftAlone(ServiceSpec spec, List<IpAddress> nodeAddresses, Visitor visitor) {
        for (ServicePort port : spec.ports()) {
            if (port.protocol() != Protocol.TCP) {
                continue;
            }
            Stream.of(
                            spec.clusterIps().stream(),
                            spec.externalIps().stream(),
                            spec.ingress().stream().map(IngressAddress::ip))
                    .flatMap(ips -> ips)
                    .forEach(ip -> visitor.visit(TransportAddress.tcp(ip, port.port()), false));
            if (port.nodePort() != 0) {
                nodeAddresses.forEach(ip -> visitor.visit(TransportAddress.tcp(ip, port.nodePort()), false));
            }
        }
    }
}
