package io.remora.agent;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one connection, step by step: what {@code /explain} answers and {@code remora explain} prints.
 *
 * @param target as it was asked for
 * @param address what is dialled; null for a Service without an address of its own
 * @param protocol {@code TCP UDP SCTP}
 * @param client where from
 * @param capture whether the connection comes to Remora at all
 * @param decision {@code forward reject pass-through}
 * @param reason for the decision
 * @param failure how a connection that does not come through fails; null if it comes through
 * @param frontend what the address is to the Service; null if it is nobody's
 * @param affinity null if the Service has none
 * @param policy how one of the endpoints is chosen; null where nothing is chosen
 * @param zones which zones are used; null where zones do not matter
 * @param balancing what a running agent does; null without one
 * @param steps how long each connect may take before another endpoint is tried beside it; null where nothing is dialled
 * @param endpoints each with its reason
 * @param notes what else a person should know
 */
record ExplainView(
        String target,
        @Nullable String address,
        int port,
        String protocol,
        ClientView client,
        CaptureView capture,
        String decision,
        String reason,
        @Nullable String failure,
        @Nullable FrontendView frontend,
        @Nullable AffinityView affinity,
        @Nullable PolicyView policy,
        @Nullable String zones,
        @Nullable BalancingView balancing,
        @Nullable List<String> steps,
        List<EndpointView> endpoints,
        List<String> notes) {

    /**
     * The client.
     *
     * @param zoneSource how the zone was found out
     */
    record ClientView(
            @Nullable String address,
            @Nullable String node,
            @Nullable String zone,
            String zoneSource) {}

    /**
     * Whether it is captured.
     *
     * @param captured null if that is not known
     */
    record CaptureView(@Nullable Boolean captured, String reason) {}

    /**
     * The address as the Service has it.
     *
     * @param service {@code namespace/name}
     * @param portName null if the Service has no such port
     * @param kind {@code ClusterIP} and so on
     */
    record FrontendView(String service, @Nullable String portName, String kind) {}

    /**
     * {@code sessionAffinity: ClientIP}.
     *
     * @param bound what the client is bound to; null if nothing or not known
     */
    record AffinityView(long seconds, @Nullable String bound) {}

    /**
     * The policy, and what it does.
     *
     * @param origin the setting or annotation that gave it; null if it is the default
     */
    record PolicyView(
            String name, String description, @Nullable String origin) {}

    /**
     * An endpoint.
     *
     * @param state {@code ready}, or what else the API says of it
     * @param ejection why it is not used all the same, or on trial only; null if it is healthy, and without an agent
     * @param use what the agent has seen of it; null without an agent
     */
    record EndpointView(
            String address,
            int port,
            boolean eligible,
            String reason,
            String state,
            @Nullable String zone,
            @Nullable String node,
            @Nullable String pod,
            @Nullable EjectionView ejection,
            @Nullable UseView use) {}

    /** How an agent uses an endpoint. */
    record UseView(int inFlight, long picks, long failures) {}
}
