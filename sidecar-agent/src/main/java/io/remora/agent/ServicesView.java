package io.remora.agent;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /services} tells, and {@code remora endpoints} reads.
 *
 * @param status of the agent as a whole
 * @param totals over everything the registry knows, whatever part of it is listed
 * @param matched how many there are of what was asked for, the first of which are listed
 * @param destinations each Service port and address family that is balanced
 * @param unbalanced Services that connections go past
 */
record ServicesView(
        StatusView status,
        Totals totals,
        Matched matched,
        List<DestinationView> destinations,
        List<UnbalancedView> unbalanced) {

    /** How many there are of what was asked for. */
    record Matched(int destinations, int unbalanced) {}

    /**
     * Sums.
     *
     * @param services Services in the registry
     * @param endpoints endpoints of all Destinations
     * @param eligible those of them that may be used
     * @param inFlight picks not completed yet
     * @param picks picks so far of the endpoints there are now
     * @param failures picks of them that failed
     * @param ejected eligible endpoints that are ejected
     */
    record Totals(
            int services,
            int destinations,
            int endpoints,
            int eligible,
            long inFlight,
            long picks,
            long failures,
            int ejected) {}

    /**
     * A Destination.
     *
     * @param service {@code namespace/name}
     * @param portName empty if the port has no name
     * @param addresses what clients dial
     * @param external whether only addresses that are no ClusterIP lead there, because the ClusterIP's policy is Local
     * @param balancing null if it is not balanced yet
     * @param selection by which rule its eligible endpoints were selected, for people
     * @param sums over all its endpoints
     * @param endpoints all of them, or so many as were asked for: those that are ejected or on trial first
     */
    record DestinationView(
            String service,
            String portName,
            int port,
            String family,
            boolean external,
            List<String> addresses,
            @Nullable BalancingView balancing,
            String selection,
            Sums sums,
            List<EndpointView> endpoints) {

        /** Of all endpoints of a Destination. */
        record Sums(int endpoints, int eligible, long inFlight, long picks, long failures) {}

        /** Endpoints that new connections may go to. */
        int used() {
            int eligible =
                    (int) endpoints.stream().filter(EndpointView::eligible).count();
            return balancing == null || balancing.panic() ? eligible : eligible - balancing.ejected();
        }

        boolean breakerOpen() {
            return balancing != null && balancing.breakerOpen();
        }

        boolean panic() {
            return balancing != null && balancing.panic();
        }

        /** What keeps endpoints out, for people; empty if nothing does. */
        String sick() {
            return balancing == null ? "" : balancing.sick();
        }
    }

    /**
     * An endpoint: what the API says of it, what was decided, and how it is used.
     *
     * @param pod {@code namespace/name} of the object behind it
     * @param eligible whether it may be used
     * @param reason why, or why not
     * @param ejection why it is not used all the same, or on trial only; null if it is healthy
     * @param weight against the others; null if it is 1
     * @param slowStartSeconds how much longer its share grows; null if it is whole
     * @param latencyMs the moving average; null if the policy does not look at it or nothing was measured
     */
    record EndpointView(
            String address,
            boolean ready,
            boolean serving,
            boolean terminating,
            @Nullable String zone,
            @Nullable String node,
            @Nullable String pod,
            boolean eligible,
            String reason,
            int inFlight,
            long picks,
            long failures,
            @Nullable EjectionView ejection,
            @Nullable Integer weight,
            @Nullable Long slowStartSeconds,
            @Nullable Double latencyMs) {}

    /** A Service without Destinations, and why. */
    record UnbalancedView(String service, String reason) {}

    /**
     * The answer where no Service is of the asked name or address.
     *
     * @param near what may have been meant
     * @param synced whether all Services are known, so that there is none indeed
     */
    record NotFound(String error, List<String> near, boolean synced) {}
}
