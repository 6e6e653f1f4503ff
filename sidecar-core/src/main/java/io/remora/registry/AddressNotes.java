package io.remora.registry;

import io.remora.discovery.Endpoint;
import io.remora.discovery.IngressAddress;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.TransportAddress;
import java.util.ArrayList;
import java.util.List;

/** What else is known of an address that leads to no Service port: for people who wonder why. */
public final class AddressNotes {

    private static final int MOST = 5;

    private AddressNotes() {}

    /** Returns a sentence for each thing that is known of it; reads every Service. */
    public static List<String> of(RegistrySnapshot snapshot, TransportAddress address) {
        List<String> notes = new ArrayList<>();
        for (ServiceEntry entry : snapshot.services()) {
            if (notes.size() == MOST) {
                break;
            }
            spec(entry, address, notes);
            endpoints(entry, address, notes);
        }
        if (snapshot.config().nodeAddresses().contains(address.ip())) {
            notes.add(address.ip() + " is an address of the client's node, and no Service has node port "
                    + address.port() + "/" + address.protocol());
        }
        return notes;
    }

    private static void spec(ServiceEntry entry, TransportAddress address, List<String> notes) {
        ServiceSpec spec = entry.service().spec();
        ServiceId id = entry.service().id();
        IpAddress ip = address.ip();
        String kind = null;
        if (spec.clusterIps().contains(ip)) {
            kind = "the ClusterIP";
        } else if (spec.externalIps().contains(ip)) {
            kind = "an external IP";
        } else if (spec.ingress().contains(new IngressAddress(ip, false))) {
            kind = "a load balancer address";
        } else if (spec.ingress().contains(new IngressAddress(ip, true))) {
            notes.add(ip + " is a load balancer address of Service " + id
                    + " whose ipMode is Proxy: connections must go to the load balancer");
        }
        if (kind == null) {
            return;
        }
        Exclusion exclusion = entry.exclusion();
        if (exclusion != null && exclusion != Exclusion.NO_TCP_PORT) {
            notes.add(ip + " is " + kind + " of Service " + id + ", which is left alone: " + exclusion.reason());
        } else if (spec.clusterIps().stream().noneMatch(own -> own.family() == ip.family())) {
            notes.add(ip + " is " + kind + " of Service " + id
                    + ", which has no ClusterIP of this address family, so kube-proxy ignores it");
        } else if (entry.frontends().stream()
                .anyMatch(frontend -> frontend.address().equals(address))) {
            notes.add(ip + " is " + kind + " of Service " + id
                    + ", which has this port: it would be balanced if it were" + " captured");
        } else {
            notes.add(ip + " is " + kind + " of Service " + id + ", which has no port " + address.port() + "/"
                    + address.protocol());
        }
    }

    private static void endpoints(ServiceEntry entry, TransportAddress address, List<String> notes) {
        boolean own = entry.service().endpoints().values().stream()
                .flatMap(List::stream)
                .map(Endpoint::ip)
                .anyMatch(address.ip()::equals);
        if (own) {
            notes.add(address.ip() + " is the address of an endpoint of Service "
                    + entry.service().id() + " itself: whoever dials it has chosen already");
        }
    }
}
