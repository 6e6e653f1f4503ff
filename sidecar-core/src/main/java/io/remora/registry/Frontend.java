package io.remora.registry;

import io.remora.discovery.Cidr;
import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import java.util.Comparator;
import java.util.List;

/** One address that clients dial to come to a Service port, and what becomes of a connection to it. Immutable. */
public final class Frontend {

    /**
     * Who owns an address that two Services claim: kube-proxy leaves it to chance, and here it must not depend on the
     * order of events.
     */
    static final Comparator<Frontend> PRECEDENCE = Comparator.comparing(Frontend::kind)
            .thenComparing(frontend -> frontend.destination().id());

    private final FrontendKind kind;
    private final TransportAddress address;
    private final Destination destination;
    private final List<Cidr> sourceRanges;
    private final Route admitted;
    private final Route outside;

    Frontend(FrontendKind kind, TransportAddress address, Destination destination, List<Cidr> sourceRanges) {
        this.kind = kind;
        this.address = address;
        this.destination = destination;
        this.sourceRanges = List.copyOf(sourceRanges);
        this.admitted = Route.to(this);
        this.outside = Route.outsideSourceRanges(this);
    }

    /** What kind of address it is. */
    public FrontendKind kind() {
        return kind;
    }

    /** What clients dial. */
    public TransportAddress address() {
        return address;
    }

    /** Where it leads. */
    public Destination destination() {
        return destination;
    }

    /** Only clients within may come ({@code spec.loadBalancerSourceRanges}); empty if all may. */
    public List<Cidr> sourceRanges() {
        return sourceRanges;
    }

    /** Returns what becomes of a connection from a client that may come. */
    public Route admitted() {
        return admitted;
    }

    /** Returns what becomes of a connection from a client's address; the Service is in use then. */
    Route route(IpAddress client) {
        destination.use().mark();
        return sourceRanges.isEmpty() || contains(client) ? admitted : outside;
    }

    private boolean contains(IpAddress client) {
        for (Cidr range : sourceRanges) {
            if (range.contains(client)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the kind and the address. */
    @Override
    public String toString() {
        return kind.text() + " " + address;
    }
}
