package io.remora.agent;

import io.remora.agent.ExplainView.PolicyView;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerPolicy;
import io.remora.config.ServiceAnnotations;
import io.remora.config.ServiceConfig;
import io.remora.registry.ClientLocation;
import io.remora.registry.Destination;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Explains how one of several endpoints is chosen for a Service: by settings, and by the annotations of the Service.
 *
 * @param annotations what holds for each Service
 * @param policyOrigin the flag, variable or property that sets the policy of all; null if nothing does
 */
record ChoiceExplainer(
        ServiceAnnotations annotations, @Nullable String policyOrigin) {

    private static final String POLICY = "remora.io/policy";

    /** The policy, and who wants it. */
    PolicyView policy(Destination destination) {
        ServiceConfig config = annotations.explain(destination.service());
        BalancerPolicy policy = config.balancer().policy();
        return new PolicyView(
                policy.text(),
                policy.description(),
                config.annotations().containsKey(POLICY) ? "annotation " + POLICY : policyOrigin);
    }

    /**
     * Which zones are used, for people; null if zones do not matter.
     *
     * @param usable how many usable endpoints the client's zone has
     */
    @Nullable
    String zones(Destination destination, int usable) {
        BalancerConfig.Zones zones =
                annotations.explain(destination.service()).balancer().zones();
        if (!zones.preferred()) {
            return null;
        }
        ClientLocation client = zones.client().zone() == null ? destination.client() : zones.client();
        if (client.zone() == null) {
            return "the client's own would be preferred, but it is not known: all are used alike";
        }
        return usable < zones.minEndpoints()
                ? client.zone() + " would be preferred, but all are used alike: it has " + usable + " of the "
                        + zones.minEndpoints() + " usable endpoints that it must have"
                : client.zone() + " is preferred (usable endpoints there: " + usable
                        + "); a part goes elsewhere only while many of its endpoints are ejected";
    }

    /** The zone that {@link #zones} is about; null if there is none. */
    @Nullable
    String zone(Destination destination) {
        String given = annotations
                .explain(destination.service())
                .balancer()
                .zones()
                .client()
                .zone();
        return given == null ? destination.client().zone() : given;
    }

    /** What the Service's annotations do, and which of them do nothing. */
    List<String> notes(Destination destination) {
        ServiceConfig config = annotations.explain(destination.service());
        List<String> notes = new ArrayList<>();
        if (!config.annotations().isEmpty()) {
            notes.add("the Service's annotations set "
                    + config.annotations().entrySet().stream()
                            .map((Map.Entry<String, String> each) -> each.getKey() + "=" + each.getValue())
                            .collect(Collectors.joining(", ")));
        }
        config.problems().forEach(problem -> notes.add("annotation ignored: " + problem));
        return notes;
    }
}
