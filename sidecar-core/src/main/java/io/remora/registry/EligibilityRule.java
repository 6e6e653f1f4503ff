package io.remora.registry;

import io.remora.discovery.Endpoint;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.TrafficPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which endpoints of a Service port a client may use, and why not the others: the meaning that kube-proxy gives to
 * conditions (KEP-1669), traffic policies (KEP-2086) and topology hints (KEP-2433, KEP-3015). A pure function: the same
 * input gives the same decisions, in the same order. The registry runs it when something changes, and {@code explain}
 * runs it again.
 */
public final class EligibilityRule {

    private final List<Endpoint> endpoints;
    private final ClientLocation client;

    private EligibilityRule(List<Endpoint> endpoints, ClientLocation client) {
        this.endpoints = endpoints;
        this.client = client;
    }

    /**
     * The decision about all endpoints of one Service port and family.
     *
     * @param selection the rule by which the eligible ones were selected
     * @param endpoints each endpoint with its own reason, in the given order
     */
    public record Decision(Selection selection, List<EndpointDecision> endpoints) {

        public Decision {
            endpoints = List.copyOf(endpoints);
        }
    }

    /**
     * Decides for all endpoints of one Service port and family.
     *
     * @param policy the {@code internalTrafficPolicy} for connections to a ClusterIP; {@link TrafficPolicy#CLUSTER} for
     *     connections of pods to any other address, whatever the Service's policies are
     * @param client where the clients run
     */
    public static Decision decide(List<Endpoint> endpoints, TrafficPolicy policy, ClientLocation client) {
        EligibilityRule rule = new EligibilityRule(endpoints, client);
        Selection selection = policy == TrafficPolicy.LOCAL ? rule.selectLocal() : rule.selectCluster();
        List<EndpointDecision> decisions = new ArrayList<>(endpoints.size());
        for (Endpoint endpoint : endpoints) {
            decisions.add(new EndpointDecision(endpoint, rule.judge(endpoint, selection)));
        }
        return new Decision(selection, decisions);
    }

    private Selection selectLocal() {
        if (!any(EligibilityRule::isReady) && !any(EligibilityRule::isFallback)) {
            return none();
        }
        if (client.node() == null) {
            return Selection.NODE_UNKNOWN;
        }
        if (any(endpoint -> isReady(endpoint) && isOnNode(endpoint))) {
            return Selection.READY_ON_NODE;
        }
        return any(endpoint -> isFallback(endpoint) && isOnNode(endpoint))
                ? Selection.SERVING_TERMINATING_ON_NODE
                : Selection.NONE_ON_NODE;
    }

    private Selection selectCluster() {
        if (any(EligibilityRule::isReady)) {
            return selectByHints();
        }
        return any(EligibilityRule::isFallback) ? Selection.SERVING_TERMINATING : none();
    }

    /** Hints of a kind count only if every ready endpoint has one, and one of them is for the client; nodes go first. */
    private Selection selectByHints() {
        boolean anyHint = any(
                e -> isReady(e) && (!e.nodeHints().isEmpty() || !e.zoneHints().isEmpty()));
        if (!anyHint) {
            return Selection.EVERY_READY;
        }
        boolean everyNodeHint = !any(e -> isReady(e) && e.nodeHints().isEmpty());
        if (everyNodeHint && any(e -> isReady(e) && isForNode(e))) {
            return Selection.HINTED_FOR_NODE;
        }
        boolean everyZoneHint = !any(e -> isReady(e) && e.zoneHints().isEmpty());
        if (everyZoneHint && any(e -> isReady(e) && isForZone(e))) {
            return Selection.HINTED_FOR_ZONE;
        }
        if (everyZoneHint && client.zone() == null) {
            return Selection.EVERY_READY_ZONE_UNKNOWN;
        }
        return everyNodeHint || everyZoneHint
                ? Selection.EVERY_READY_NONE_HINTED
                : Selection.EVERY_READY_HINTS_INCOMPLETE;
    }

    private Selection none() {
        return endpoints.isEmpty() ? Selection.NO_ENDPOINT : Selection.NONE_USABLE;
    }

    private Eligibility judge(Endpoint endpoint, Selection selection) {
        if (!isReady(endpoint) && !isFallback(endpoint)) {
            return endpoint.conditions().terminating() ? Eligibility.TERMINATING_NOT_SERVING : Eligibility.NOT_READY;
        }
        return switch (selection) {
            case EVERY_READY, EVERY_READY_HINTS_INCOMPLETE, EVERY_READY_ZONE_UNKNOWN, EVERY_READY_NONE_HINTED ->
                isReady(endpoint) ? Eligibility.READY : Eligibility.TERMINATING;
            case HINTED_FOR_NODE ->
                hinted(endpoint, isForNode(endpoint), Eligibility.HINTED_FOR_NODE, Eligibility.HINTED_FOR_OTHER_NODES);
            case HINTED_FOR_ZONE ->
                hinted(endpoint, isForZone(endpoint), Eligibility.HINTED_FOR_ZONE, Eligibility.HINTED_FOR_OTHER_ZONES);
            case SERVING_TERMINATING -> Eligibility.SERVING_TERMINATING;
            case READY_ON_NODE -> {
                Eligibility there = isReady(endpoint) ? Eligibility.READY_ON_NODE : Eligibility.TERMINATING;
                yield isOnNode(endpoint) ? there : Eligibility.ON_ANOTHER_NODE;
            }
            case SERVING_TERMINATING_ON_NODE ->
                isOnNode(endpoint) ? Eligibility.SERVING_TERMINATING_ON_NODE : Eligibility.ON_ANOTHER_NODE;
            case NONE_ON_NODE -> Eligibility.ON_ANOTHER_NODE;
            case NODE_UNKNOWN -> Eligibility.CLIENT_NODE_UNKNOWN;
            case NONE_USABLE, NO_ENDPOINT ->
                throw new IllegalStateException(endpoint + " is usable, and " + selection + " was selected");
        };
    }

    private static Eligibility hinted(Endpoint endpoint, boolean forClient, Eligibility yes, Eligibility no) {
        if (!isReady(endpoint)) {
            return Eligibility.TERMINATING;
        }
        return forClient ? yes : no;
    }

    private static boolean isReady(Endpoint endpoint) {
        return endpoint.conditions().ready();
    }

    /** What may be used where nothing is ready. */
    private static boolean isFallback(Endpoint endpoint) {
        EndpointConditions conditions = endpoint.conditions();
        return !conditions.ready() && conditions.serving() && conditions.terminating();
    }

    private boolean isOnNode(Endpoint endpoint) {
        return client.node() != null && client.node().equals(endpoint.node());
    }

    private boolean isForNode(Endpoint endpoint) {
        return client.node() != null && endpoint.nodeHints().contains(client.node());
    }

    private boolean isForZone(Endpoint endpoint) {
        return client.zone() != null && endpoint.zoneHints().contains(client.zone());
    }

    private boolean any(Predicate<Endpoint> condition) {
        for (Endpoint endpoint : endpoints) {
            if (condition.test(endpoint)) {
                return true;
            }
        }
        return false;
    }
}
