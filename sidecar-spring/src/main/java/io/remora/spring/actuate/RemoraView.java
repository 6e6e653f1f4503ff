package io.remora.spring.actuate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /actuator/remora} tells.
 *
 * @param namespace the application's own
 * @param source how fresh all of this is
 * @param relay null if connections are not relayed
 * @param services in the order of their names
 */
record RemoraView(
        String namespace, SourceView source, @Nullable RelayView relay, List<ServiceView> services) {

    /**
     * A Service.
     *
     * @param name {@code namespace/name}
     * @param leftAlone why its requests are not balanced; null if they are
     * @param ports each port in each family of its addresses; none if it is left alone
     */
    record ServiceView(String name, @Nullable String leftAlone, List<PortView> ports) {}

    /**
     * A port of a Service in one address family.
     *
     * @param name null if the port has none
     * @param used whether requests to the port go to this family
     * @param selection by which rule the eligible endpoints were selected
     * @param balancing null if it is not balanced yet
     */
    record PortView(
            @Nullable String name,
            int port,
            String family,
            boolean used,
            String selection,
            @Nullable BalancingView balancing,
            List<EndpointView> endpoints) {}

    /**
     * How a port is balanced.
     *
     * @param policy by its name in settings
     * @param panic whether so many endpoints are ejected that all are used
     * @param breakerOpen whether the circuit breaker of this port lets no request in, or a few only
     * @param inFlight requests under way, those that wait for a connection included
     * @param connecting those that wait for a connection
     * @param maxConnections limit of those under way; null if there is none
     * @param maxPending limit of those that wait for a connection; null if there is none
     * @param refused requests so far that a limit kept out
     * @param retriesExhausted requests so far that were denied another attempt for want of retry budget
     */
    record BalancingView(
            String policy,
            boolean panic,
            boolean breakerOpen,
            int inFlight,
            int connecting,
            @Nullable Integer maxConnections,
            @Nullable Integer maxPending,
            long refused,
            long retriesExhausted) {}

    /**
     * An endpoint.
     *
     * @param pod {@code namespace/name} of what stands behind it
     * @param state {@code used}, {@code trial}, {@code ejected}, or {@code ineligible}; one that is ejected is used all the
     *     same while its port is in panic
     * @param reason why it is eligible, or why not
     * @param ejection why it is ejected or on trial; null if it is neither
     * @param weight against the others
     * @param slowStartSeconds how much longer its share grows; null if it is whole
     * @param failing whether its last request failed, less than a second ago
     * @param inFlight requests under way at it
     * @param picks how often it was chosen so far
     * @param failures how often it failed so far
     * @param latencyMillis the moving average; null if nothing was measured
     */
    record EndpointView(
            String address,
            @Nullable String pod,
            @Nullable String node,
            @Nullable String zone,
            String state,
            String reason,
            @Nullable EjectionView ejection,
            int weight,
            @Nullable Long slowStartSeconds,
            boolean failing,
            int inFlight,
            long picks,
            long failures,
            @Nullable Double latencyMillis) {}

    /**
     * Why an endpoint is not used like the others.
     *
     * @param cause the rule that ejected it, with its numbers
     * @param since when it was ejected: ISO 8601, in UTC
     * @param until when its next trial may be; null if it has none, but comes back when its probes succeed
     * @param times how often in a row it was ejected
     */
    record EjectionView(
            String cause, String since, @Nullable String until, int times) {}
}
