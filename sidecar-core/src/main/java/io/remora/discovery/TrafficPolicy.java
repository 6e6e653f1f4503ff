package io.remora.discovery;

/** Value of {@code internalTrafficPolicy} and {@code externalTrafficPolicy}. */
public enum TrafficPolicy {
    /** All endpoints. */
    CLUSTER,
    /** Only endpoints on the client's node. */
    LOCAL
}
