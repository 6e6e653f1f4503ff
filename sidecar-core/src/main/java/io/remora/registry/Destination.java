package io.remora.registry;

import io.remora.discovery.Endpoint;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.TrafficPolicy;
import io.remora.discovery.TransportAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A Service and one of its TCP ports, in one address family, with the decision about each endpoint. Immutable: a change
 * of the Service makes a new one under the same {@link #id()}.
 */
public final class Destination {

    private final DestinationId id;
    private final ServiceSnapshot service;
    private final ServicePort port;
    private final List<TransportAddress> addresses;
    private final ClientLocation client;
    private final UseFlag use;
    private final EligibilityRule.Decision decision;
    private final List<Endpoint> eligible;

    /**
     * Decides about the endpoints of one Service port.
     *
     * @param addresses what clients dial to come here, all of the id's family
     * @param client where the clients run
     * @param use the Service's
     */
    Destination(
            DestinationId id,
            ServiceSnapshot service,
            ServicePort port,
            List<TransportAddress> addresses,
            ClientLocation client,
            UseFlag use) {
        this.id = id;
        this.service = service;
        this.port = port;
        this.addresses = List.copyOf(addresses);
        this.client = client;
        this.use = use;
        this.decision = EligibilityRule.decide(
                service.endpoints(port.key(), id.family()),
                id.external() ? TrafficPolicy.CLUSTER : service.spec().internalTrafficPolicy(),
                client);
        List<Endpoint> usable = new ArrayList<>(decision.endpoints().size());
        for (EndpointDecision each : decision.endpoints()) {
            if (each.eligibility().isEligible()) {
                usable.add(each.endpoint());
            }
        }
        this.eligible = List.copyOf(usable);
    }

    /** Its identity. */
    public DestinationId id() {
        return id;
    }

    /** The Service it belongs to, as it was when the decision was made. */
    public ServiceSnapshot service() {
        return service;
    }

    /** The Service port. */
    public ServicePort port() {
        return port;
    }

    /** What clients dial to come here. */
    public List<TransportAddress> addresses() {
        return addresses;
    }

    /** Where the clients run, by which it was decided. */
    public ClientLocation client() {
        return client;
    }

    /** Tells that the Service is in use; the same for all of its Destinations, now and after a change. */
    public UseFlag use() {
        return use;
    }

    /** The rule by which the eligible endpoints were selected. */
    public Selection selection() {
        return decision.selection();
    }

    /** Every endpoint with the decision about it, in numeric order. */
    public List<EndpointDecision> decisions() {
        return decision.endpoints();
    }

    /** The endpoints that may be used, in numeric order; possibly none. */
    public List<Endpoint> eligible() {
        return eligible;
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
