package io.remora.registry;

import io.remora.discovery.Endpoint;
import io.remora.discovery.EndpointConditions;
import java.util.ArrayList;
import java.util.List;

/**
 * Which endpoints of a Service port may be used, as kube-proxy decides: those that are ready; if none is, those that are
 * serving and terminating (KEP-1669). A pure function: the same input gives the same decisions, in the same order.
 */
public final class EligibilityRule {

    private EligibilityRule() {}

    /** Decides for all endpoints of one Service port and family. */
    public static List<EndpointDecision> decide(List<Endpoint> endpoints) {
        boolean anyReady = false;
        for (Endpoint endpoint : endpoints) {
            anyReady |= endpoint.conditions().ready();
        }
        List<EndpointDecision> decisions = new ArrayList<>(endpoints.size());
        for (Endpoint endpoint : endpoints) {
            decisions.add(new EndpointDecision(endpoint, decide(endpoint.conditions(), anyReady)));
        }
        return List.copyOf(decisions);
    }

    private static Eligibility decide(EndpointConditions conditions, boolean anyReady) {
        if (conditions.ready()) {
            return Eligibility.READY;
        }
        if (!conditions.terminating()) {
            return Eligibility.NOT_READY;
        }
        if (!conditions.serving()) {
            return Eligibility.TERMINATING_NOT_SERVING;
        }
        return anyReady ? Eligibility.TERMINATING : Eligibility.SERVING_TERMINATING;
    }
}
