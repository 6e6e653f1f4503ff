package io.remora.registry;

/** By which rule the eligible endpoints of a Destination were selected; the first step of every explanation. */
public enum Selection {
    EVERY_READY("every ready endpoint"),
    EVERY_READY_HINTS_INCOMPLETE(
            "every ready endpoint: topology hints are ignored, because not every ready endpoint carries one"),
    EVERY_READY_ZONE_UNKNOWN(
            "every ready endpoint: topology hints for zones are ignored, because the client is in no zone that is known"),
    EVERY_READY_NONE_HINTED(
            "every ready endpoint: topology hints are ignored, because none is for the client's node or zone"),
    HINTED_FOR_NODE("ready endpoints whose topology hints name the client's node"),
    HINTED_FOR_ZONE("ready endpoints whose topology hints name the client's zone"),
    SERVING_TERMINATING("no endpoint is ready: those that still serve while they terminate"),
    READY_ON_NODE("ready endpoints on the client's node, because internalTrafficPolicy is Local"),
    SERVING_TERMINATING_ON_NODE(
            "internalTrafficPolicy is Local and no endpoint on the client's node is ready: those there "
                    + "that still serve while they terminate"),
    NONE_ON_NODE("no usable endpoint on the client's node, and internalTrafficPolicy is Local"),
    /** The node's own kube-proxy knows, so it decides. */
    NODE_UNKNOWN("internalTrafficPolicy is Local, and which node the client is on is not known"),
    NONE_USABLE("no endpoint is ready, and none still serves while it terminates"),
    NO_ENDPOINT("the Service has no endpoint for this port");

    private final String reason;

    Selection(String reason) {
        this.reason = reason;
    }

    /** The reason, for people. */
    public String reason() {
        return reason;
    }
}
