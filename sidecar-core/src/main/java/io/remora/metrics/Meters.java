package io.remora.metrics;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Every meter: name, kind, unit, tags and help text. Tags never carry the address of a pod, so the number of series
 * follows the Services in use, not the pods that came and went.
 */
public enum Meters {
    CONNECTIONS_ACCEPTED(
            Kind.COUNTER, "remora.connections.accepted", "", Tags.NONE, "Downstream connections that were accepted"),
    CONNECTIONS_HELD(
            Kind.COUNTER,
            "remora.connections.held",
            "",
            Tags.NONE,
            "Accepted connections that had to wait until it was known where they go"),
    ACCEPT_PAUSED(
            Kind.GAUGE,
            "remora.accept.paused",
            "",
            Tags.NONE,
            "Event loops that do not accept, because file descriptors or memory have run out"),
    CONNECTIONS_OPENED(
            Kind.COUNTER,
            "remora.connections.opened",
            "",
            Tags.SERVICE,
            "Downstream connections of which it became known where they go"),
    CONNECTIONS_CLOSED(
            Kind.COUNTER,
            "remora.connections.closed",
            "",
            Tags.SERVICE_REASON,
            "Downstream connections that ended, by the reason"),
    CONNECTIONS_ACTIVE(
            Kind.GAUGE, "remora.connections.active", "", Tags.SERVICE, "Downstream connections that are open now"),
    CONNECTIONS_GONE_ENDPOINT(
            Kind.GAUGE,
            "remora.connections.gone.endpoint",
            "",
            Tags.NONE,
            "Connections to endpoints that are gone from their Service, which stay until they end by themselves"),
    RELAYED_BYTES(
            Kind.COUNTER,
            "remora.relayed",
            "bytes",
            Tags.SERVICE_DIRECTION,
            "Bytes relayed, towards the endpoint (upstream) and towards the client (downstream)"),
    CONNECT_ATTEMPTS(
            Kind.COUNTER,
            "remora.connect.attempts",
            "",
            Tags.SERVICE_OUTCOME,
            "Connects to endpoints, by how each ended"),
    CONNECT_RETRIES(
            Kind.COUNTER,
            "remora.connect.retries",
            "",
            Tags.SERVICE,
            "Connects that were begun because an earlier one of the same connection failed or was slow"),
    REQUESTS(
            Kind.COUNTER,
            "remora.requests",
            "",
            Tags.SERVICE,
            "Requests of an application that were sent to an endpoint, each once however often it was retried"),
    REQUESTS_RETRIED(
            Kind.COUNTER,
            "remora.requests.retried",
            "",
            Tags.SERVICE,
            "Further attempts of requests that could not be sent to the endpoint before"),
    REQUESTS_REFUSED(
            Kind.COUNTER,
            "remora.requests.refused",
            "",
            Tags.SERVICE_REASON,
            "Requests of an application that were not sent to any endpoint, by the reason"),
    REQUESTS_ACTIVE(
            Kind.GAUGE,
            "remora.requests.active",
            "",
            Tags.SERVICE,
            "Requests of an application that are under way now, until the end of the response's body"),
    PICKS(
            Kind.COUNTER,
            "remora.picks",
            "",
            Tags.SERVICE_OUTCOME,
            "Choices of an endpoint, by how what was done with it ended"),
    ENDPOINTS(
            Kind.GAUGE,
            "remora.endpoints",
            "",
            Tags.SERVICE_STATE,
            "Endpoints (addresses and ports) of a Service in use, by what was decided about them"),
    ENDPOINTS_EJECTED(
            Kind.GAUGE,
            "remora.endpoints.ejected",
            "",
            Tags.SERVICE,
            "Endpoints of a Service in use that are ejected: not chosen until their time is over"),
    ENDPOINTS_ON_TRIAL(
            Kind.GAUGE,
            "remora.endpoints.on.trial",
            "",
            Tags.SERVICE,
            "Endpoints of a Service in use whose time of ejection is over, and which have not served anything since"),
    PANIC(
            Kind.GAUGE,
            "remora.panic",
            "",
            Tags.SERVICE,
            "Ports of a Service in use of which so many endpoints are ejected that all are used"),
    EJECTIONS(Kind.COUNTER, "remora.ejections", "", Tags.SERVICE_RULE, "Ejections of endpoints, by the rule"),
    EJECTIONS_OVERFLOW(
            Kind.COUNTER,
            "remora.ejections.overflow",
            "",
            Tags.SERVICE,
            "Ejections that were due and not made, because as many endpoints as allowed were ejected already"),
    CONNECTIONS_PENDING(
            Kind.GAUGE,
            "remora.connections.pending",
            "",
            Tags.SERVICE,
            "Downstream connections that wait for an endpoint to take them"),
    RETRIES_EXHAUSTED(
            Kind.COUNTER,
            "remora.retries.exhausted",
            "",
            Tags.SERVICE,
            "Downstream connections that were denied a further connect, at least once, for want of retry budget"),
    SERVICES(Kind.GAUGE, "remora.services", "", Tags.NONE, "Services that the registry knows"),
    SYNCED(Kind.GAUGE, "remora.synced", "", Tags.NONE, "1 once all that the API server had at start is known, else 0"),
    WATCH_CONNECTED(Kind.GAUGE, "remora.watch.connected", "", Tags.NONE, "1 while every watch is established, else 0"),
    WATCH_AGE(
            Kind.GAUGE,
            "remora.watch.age",
            "seconds",
            Tags.NONE,
            "Time since the quietest watch was last heard of: an event, a bookmark, a finished list or its opening. Up to"
                    + " about 75 s in a quiet cluster, which is one bookmark a minute; NaN before the first time"),
    MALFORMED_OBJECTS(
            Kind.COUNTER,
            "remora.malformed.objects",
            "",
            Tags.NONE,
            "Objects of the API server that could not be read and were skipped"),
    PROPAGATION(
            Kind.TIMER,
            "remora.propagation",
            "seconds",
            Tags.NONE,
            "Time from a change in the cluster (last-change-trigger-time of an EndpointSlice) to its use here"),
    BUILD_INFO(Kind.GAUGE, "remora.build.info", "", Tags.BUILD, "Always 1; its tags tell what runs");

    /**
     * The Service a connection goes to; {@code -} for both where it goes to none and is passed through, and as long as
     * that is not known.
     */
    public static final String TAG_NAMESPACE = "namespace";

    /** See {@link #TAG_NAMESPACE}. */
    public static final String TAG_SERVICE = "service";

    static final String TAG_REASON = "reason";
    static final String TAG_DIRECTION = "direction";
    static final String TAG_OUTCOME = "outcome";
    static final String TAG_STATE = "state";
    static final String TAG_RULE = "rule";
    static final String TAG_VERSION = "version";
    static final String TAG_JAVA = "java";

    private final Kind kind;
    private final String meterName;
    private final String unit;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> tags;

    private final String help;

    Meters(Kind kind, String meterName, String unit, List<String> tags, String help) {
        this.kind = kind;
        this.meterName = meterName;
        this.unit = unit;
        this.tags = tags;
        this.help = help;
    }

    /** What it is. */
    public Kind kind() {
        return kind;
    }

    /** The name in Micrometer. */
    public String meterName() {
        return meterName;
    }

    /** The name in Prometheus's text format. */
    public String prometheusName() {
        String name = meterName.replace('.', '_');
        if (!unit.isEmpty()) {
            name += "_" + unit;
        }
        return kind == Kind.COUNTER ? name + "_total" : name;
    }

    /** The base unit; empty if it counts things. */
    public String unit() {
        return unit;
    }

    /** The base unit as Micrometer wants it. */
    @Nullable
    String baseUnit() {
        return unit.isEmpty() ? null : unit;
    }

    /** The names of its tags. */
    public List<String> tags() {
        return tags;
    }

    /** What it tells. */
    public String help() {
        return help;
    }

    /** The kinds of meters. */
    public enum Kind {
        COUNTER,
        GAUGE,
        /** A histogram with a count and a sum. */
        TIMER;

        /** The name in tables. */
        public String text() {
            return this == TIMER ? "histogram" : name().toLowerCase(Locale.ROOT);
        }
    }

    /** Sets of tags, apart because an enum's constants cannot use its own static fields. */
    private static final class Tags {
        static final List<String> NONE = List.of();
        static final List<String> SERVICE = List.of(TAG_NAMESPACE, TAG_SERVICE);
        static final List<String> SERVICE_REASON = List.of(TAG_NAMESPACE, TAG_SERVICE, TAG_REASON);
        static final List<String> SERVICE_DIRECTION = List.of(TAG_NAMESPACE, TAG_SERVICE, TAG_DIRECTION);
        static final List<String> SERVICE_OUTCOME = List.of(TAG_NAMESPACE, TAG_SERVICE, TAG_OUTCOME);
        static final List<String> SERVICE_STATE = List.of(TAG_NAMESPACE, TAG_SERVICE, TAG_STATE);
        static final List<String> SERVICE_RULE = List.of(TAG_NAMESPACE, TAG_SERVICE, TAG_RULE);
        static final List<String> BUILD = List.of(TAG_VERSION, TAG_JAVA);

        private Tags() {}
    }
}
