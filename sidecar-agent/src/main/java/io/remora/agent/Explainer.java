package io.remora.agent;

import io.remora.agent.ExplainView.AffinityView;
import io.remora.agent.ExplainView.CaptureView;
import io.remora.agent.ExplainView.ClientView;
import io.remora.agent.ExplainView.EndpointView;
import io.remora.agent.ExplainView.FrontendView;
import io.remora.discovery.Endpoint;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.discovery.Protocol;
import io.remora.discovery.ServicePort;
import io.remora.discovery.TransportAddress;
import io.remora.registry.AddressNotes;
import io.remora.registry.ClientLocation;
import io.remora.registry.Destination;
import io.remora.registry.EndpointDecision;
import io.remora.registry.Exclusion;
import io.remora.registry.Frontend;
import io.remora.registry.FrontendKind;
import io.remora.registry.RegistryConfig;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.Route;
import io.remora.registry.ServiceEntry;
import io.remora.relay.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Explains what becomes of a connection, out of a snapshot: the same look-up and the same decisions that the relay
 * follows. Immutable.
 */
final class Explainer {

    private static final String SEPARATOR = ", ";

    private static final String NOT_WATCHED_YET =
            "remora.kubernetes.scope is on-demand: only Services in use are known. The agent looks this address up now, as it"
                    + " does at a connection: ask again in a moment";

    private final RegistrySnapshot snapshot;
    private final Use use;
    private final ChoiceExplainer choice;
    private final List<String> steps;

    /**
     * @param steps of the connect ladder, for people
     */
    Explainer(RegistrySnapshot snapshot, Use use, ChoiceExplainer choice, List<String> steps) {
        this.snapshot = snapshot;
        this.use = use;
        this.choice = choice;
        this.steps = List.copyOf(steps);
    }

    /** What a running agent knows besides. */
    interface Use {

        /** Nothing: there is no agent. */
        Use NONE = new Use() {};

        /** What was seen of an endpoint; null if nothing. */
        default ExplainView.@Nullable UseView of(Destination destination, Endpoint endpoint) {
            return null;
        }

        /** Why an endpoint is not used like the others; null if it is. */
        default @Nullable EjectionView ejection(Destination destination, Endpoint endpoint) {
            return null;
        }

        /** How a Service port is balanced now; null if it is not. */
        default @Nullable BalancingView balancing(Destination destination) {
            return null;
        }

        /** Why an address within what is captured is left alone all the same; null if it is not. */
        default @Nullable String exempt(IpAddress address) {
            return null;
        }

        /** What keeps the agent from asking the API server, for people; null if nothing does. */
        default @Nullable String sourceProblem() {
            return null;
        }

        /** What a client is bound to, for people; null if nothing. */
        default @Nullable String bound(Destination destination, IpAddress client) {
            return null;
        }

        /** Which connections the kernel refuses; null if that is not known. */
        default @Nullable Refusal refusal() {
            return null;
        }

        /** An address of the client in the family of what it dials; null if none is known. */
        default @Nullable IpAddress client(IpAddress dialled) {
            return null;
        }
    }

    /** No Service is of the asked name. */
    static final class UnknownServiceException extends Exception {

        private static final long serialVersionUID = 1L;

        UnknownServiceException(String message) {
            super(message);
        }
    }

    /**
     * Explains a connection.
     *
     * @param client where from; null if that is not given
     * @throws UnknownServiceException if the target names a Service that is not known; the message is for the user
     */
    ExplainView explain(ExplainTarget target, @Nullable IpAddress client) throws UnknownServiceException {
        if (target instanceof ExplainTarget.Address address) {
            return explain(address.text(), address.address(), client, List.of());
        }
        ExplainTarget.Name name = (ExplainTarget.Name) target;
        ServiceEntry entry = named(name);
        List<IpAddress> ips = entry.service().spec().clusterIps();
        int port = port(entry, name);
        if (ips.isEmpty()) {
            return withoutAddress(name, entry, port, client);
        }
        List<String> notes = ips.size() > 1
                ? List.of("the Service has the ClusterIPs " + join(ips) + "; explained is the first one")
                : List.of();
        return explain(name.text(), TransportAddress.tcp(ips.get(0), port), client, notes);
    }

    private ServiceEntry named(ExplainTarget.Name name) throws UnknownServiceException {
        List<ServiceEntry> all = snapshot.services();
        List<ServiceEntry> found = ServiceNames.matching(name.service(), all);
        if (found.size() == 1) {
            return found.get(0);
        }
        if (found.isEmpty()) {
            List<String> near = ServiceNames.near(name.service(), all);
            if (snapshot.synced() && !snapshot.exhaustive()) {
                throw new UnknownServiceException("'" + name.text() + "': no Service named '" + name.service()
                        + "' is watched: with kubernetes.scope=on-demand only those in use are; ask for its ClusterIP, or"
                        + " name it in kubernetes.warm");
            }
            throw new UnknownServiceException("'" + name.text() + "': no Service is named '" + name.service() + "'"
                    + (near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?"));
        }
        throw new UnknownServiceException("'" + name.text() + "': several namespaces have a Service '" + name.service()
                + "'; write one of "
                + String.join(
                        SEPARATOR,
                        found.stream()
                                .map(entry -> entry.service().id().name() + "."
                                        + entry.service().id().namespace())
                                .toList()));
    }

    private static int port(ServiceEntry entry, ExplainTarget.Name name) throws UnknownServiceException {
        List<ServicePort> ports = entry.service().spec().ports();
        for (ServicePort port : ports) {
            if (port.name().equals(name.port()) && port.protocol() == Protocol.TCP) {
                return port.port();
            }
        }
        if (name.port().matches("\\d{1,5}")
                && Integer.parseInt(name.port()) <= 65535
                && Integer.parseInt(name.port()) > 0) {
            return Integer.parseInt(name.port());
        }
        throw new UnknownServiceException("'" + name.text() + "': Service "
                + entry.service().id() + " has no TCP port '" + name.port() + "'; it has "
                + String.join(
                        SEPARATOR,
                        ports.stream()
                                .map(port -> (port.name().isEmpty() ? "" : port.name() + " ") + port.port() + "/"
                                        + port.protocol())
                                .toList()));
    }

    private ExplainView withoutAddress(
            ExplainTarget.Name name, ServiceEntry entry, int port, @Nullable IpAddress client) {
        Exclusion exclusion = entry.exclusion();
        return passedThrough(
                name.text(),
                null,
                port,
                Protocol.TCP,
                client,
                new CaptureView(false, "the Service has no address that could be captured"),
                "Service " + entry.service().id() + " is left alone: " + (exclusion == null ? "" : exclusion.reason()),
                null,
                List.of());
    }

    private ExplainView explain(
            String text, TransportAddress address, @Nullable IpAddress given, List<String> firstNotes) {
        IpAddress client = given != null ? given : use.client(address.ip());
        CaptureView capture = capture(address);
        if (Boolean.FALSE.equals(capture.captured())) {
            return untouched(text, address, client, capture, "not captured: " + capture.reason(), firstNotes);
        }
        Route route = snapshot.route(address, client == null ? unspecified(address.ip()) : client);
        if (route.cause() == Route.Cause.NO_SERVICE) {
            List<String> notes = new ArrayList<>(firstNotes);
            if (snapshot.synced() && !snapshot.exhaustive()) {
                notes.add(NOT_WATCHED_YET);
                String problem = use.sourceProblem();
                if (problem != null) {
                    notes.add("looking Services up fails now: " + problem);
                }
            }
            return untouched(text, address, client, capture, unknown(route), notes);
        }
        List<String> notes = new ArrayList<>(firstNotes);
        Destination destination = route.destination();
        if (destination == null) {
            notes.addAll(AddressNotes.of(snapshot, address));
        } else {
            notes(address, destination, notes);
        }
        boolean forward = route.verdict() == Route.Verdict.FORWARD;
        return new ExplainView(
                text,
                address.ip().toString(),
                address.port(),
                address.protocol().name(),
                client(client),
                capture,
                route.verdict().text(),
                reason(route, client),
                failure(address, route.verdict() == Route.Verdict.REJECT),
                frontend(route),
                destination == null ? null : affinity(destination, client),
                forward && destination != null ? choice.policy(destination) : null,
                forward && destination != null ? zones(destination) : null,
                forward && destination != null ? use.balancing(destination) : null,
                forward ? steps : null,
                destination == null ? List.of() : endpoints(route, destination),
                notes);
    }

    private @Nullable String zones(Destination destination) {
        String zone = choice.zone(destination);
        long usable = destination.eligible().stream()
                .filter(endpoint -> zone != null && zone.equals(endpoint.zone()))
                .filter(endpoint -> use.ejection(destination, endpoint) == null)
                .count();
        return choice.zones(destination, (int) usable);
    }

    /** What is not known yet, the relay waits for. */
    private String unknown(Route route) {
        return snapshot.synced()
                ? route.reason()
                : "no Service with this address is known yet: the agent has not read all Services, and the connection waits"
                        + " for that, at most for the hold time";
    }

    private ExplainView untouched(
            String text,
            TransportAddress address,
            @Nullable IpAddress client,
            CaptureView capture,
            String reason,
            List<String> firstNotes) {
        List<String> notes = new ArrayList<>(firstNotes);
        notes.addAll(AddressNotes.of(snapshot, address));
        return passedThrough(
                text,
                address.ip(),
                address.port(),
                address.protocol(),
                client,
                capture,
                reason,
                Boolean.FALSE.equals(capture.captured()) ? null : failure(address, false),
                notes);
    }

    /** What no Service port has, or nobody captures: there is nothing to choose among. */
    private ExplainView passedThrough(
            String text,
            @Nullable IpAddress ip,
            int port,
            Protocol protocol,
            @Nullable IpAddress client,
            CaptureView capture,
            String reason,
            @Nullable String failure,
            List<String> notes) {
        return new ExplainView(
                text,
                ip == null ? null : ip.toString(),
                port,
                protocol.name(),
                client(client),
                capture,
                Route.Verdict.PASS_THROUGH.text(),
                reason,
                failure,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                notes);
    }

    /** Also a connection that the relay would let through may share the port of one that is refused. */
    private @Nullable String failure(TransportAddress address, boolean rejected) {
        Refusal refusal = use.refusal();
        if (refusal == null) {
            return rejected ? "refused at the SYN, or accepted and reset at once: by the setting remora.refusal" : null;
        }
        if (refusal.refuses(address)) {
            return "refused at the SYN (connection refused): " + refusal.reason(address);
        }
        return rejected ? "accepted and reset at once: " + refusal.reason(address) : null;
    }

    private ClientView client(@Nullable IpAddress address) {
        ClientLocation location = snapshot.config().client();
        return new ClientView(
                address == null ? null : address.toString(),
                location.node(),
                location.zone(),
                location.zoneSource().text());
    }

    private CaptureView capture(TransportAddress address) {
        RegistryConfig config = snapshot.config();
        if (address.protocol() != Protocol.TCP) {
            return new CaptureView(
                    false, address.protocol() + " is left to kube-proxy: Remora captures TCP connections only");
        }
        String exempt = use.exempt(address.ip());
        if (exempt != null) {
            return new CaptureView(false, exempt);
        }
        if (config.captureCidrs().isEmpty()) {
            return new CaptureView(null, "taken as captured: which addresses the init step captures is not known here");
        }
        return config.captureCidrs().stream()
                .filter(cidr -> cidr.contains(address.ip()))
                .findFirst()
                .map(cidr -> new CaptureView(true, "inside " + cidr + ", which the init step's rules redirect"))
                .orElseGet(() -> new CaptureView(
                        false,
                        address.ip() + " is outside " + join(config.captureCidrs())
                                + "; to have it captured, add it to the init step's --service-cidr"));
    }

    private static String reason(Route route, @Nullable IpAddress client) {
        return route.cause() == Route.Cause.OUTSIDE_SOURCE_RANGES && client == null
                ? "the Service has loadBalancerSourceRanges, and the client's address is not given"
                : route.reason();
    }

    private static @Nullable FrontendView frontend(Route route) {
        Frontend frontend = route.frontend();
        if (frontend == null) {
            return route.service() == null
                    ? null
                    : new FrontendView(route.service().toString(), null, FrontendKind.CLUSTER_IP.text());
        }
        return new FrontendView(
                frontend.destination().id().service().toString(),
                frontend.destination().id().portName(),
                frontend.kind().text());
    }

    private @Nullable AffinityView affinity(Destination destination, @Nullable IpAddress client) {
        Duration timeout = destination.service().spec().affinityTimeout();
        return timeout == null
                ? null
                : new AffinityView(timeout.toSeconds(), client == null ? null : use.bound(destination, client));
    }

    private List<EndpointView> endpoints(Route route, Destination destination) {
        boolean barred = route.cause() == Route.Cause.OUTSIDE_SOURCE_RANGES;
        return destination.decisions().stream()
                .map(decision -> endpoint(decision, barred ? "the client may not use this address" : null, destination))
                .toList();
    }

    private EndpointView endpoint(EndpointDecision decision, @Nullable String barred, Destination destination) {
        Endpoint endpoint = decision.endpoint();
        Endpoint.TargetRef target = endpoint.target();
        return new EndpointView(
                endpoint.ip().toString(),
                endpoint.port(),
                barred == null && decision.eligibility().isEligible(),
                barred == null ? decision.eligibility().reason() : barred,
                state(endpoint.conditions()),
                endpoint.zone(),
                endpoint.node(),
                target == null ? null : target.namespace() + "/" + target.name(),
                barred == null && decision.eligibility().isEligible() ? use.ejection(destination, endpoint) : null,
                use.of(destination, endpoint));
    }

    private static String state(EndpointConditions conditions) {
        String state = conditions.ready() ? "ready" : conditions.serving() ? "serving" : "not ready";
        return conditions.terminating() ? state + ", terminating" : state;
    }

    private void notes(TransportAddress address, Destination destination, List<String> notes) {
        for (Frontend other : snapshot.contenders(address)) {
            notes.add("Service " + other.destination().id().service() + " claims " + address + " too, as "
                    + other.kind().text() + "; kube-proxy leaves it to chance who gets it");
        }
        if (destination.service().spec().clusterIps().contains(address.ip())) {
            notes.add("ping " + address.ip()
                    + " is not answered and proves nothing: a ClusterIP is no machine, only its ports lead anywhere");
        }
        notes.addAll(choice.notes(destination));
    }

    private static IpAddress unspecified(IpAddress like) {
        return new IpAddress(like.family(), 0, 0);
    }

    private static String join(List<?> values) {
        return String.join(SEPARATOR, values.stream().map(Object::toString).toList());
    }
}
