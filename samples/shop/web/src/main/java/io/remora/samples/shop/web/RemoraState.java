package io.remora.samples.shop.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Remora tells of the parts.
 *
 * @param by {@code agent}, {@code starter} or {@code none}
 * @param problem why nothing is known; null if all is well
 * @param endpoints of all parts
 */
record RemoraState(String by, @Nullable String problem, List<EndpointState> endpoints) {

    RemoraState {
        endpoints = List.copyOf(endpoints);
    }

    /**
     * A pod of a part.
     *
     * @param state {@code used}, {@code trial}, {@code ejected}, or {@code ineligible}
     * @param reason why it is so; what ejected it
     * @param until when an ejected one is tried again, as ISO 8601; null if that is not known
     * @param inFlight connections or requests under way
     * @param picks how often it was chosen
     * @param failures how often it failed then
     */
    record EndpointState(
            Part part,
            String pod,
            String address,
            String state,
            String reason,
            @Nullable String until,
            int inFlight,
            long picks,
            long failures) {}

    List<EndpointState> of(Part part) {
        return endpoints.stream().filter(each -> each.part() == part).toList();
    }
}
