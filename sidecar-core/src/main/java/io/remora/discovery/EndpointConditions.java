package io.remora.discovery;

import org.jspecify.annotations.Nullable;

/**
 * Conditions of an endpoint ({@code discovery.k8s.io/v1 EndpointConditions}), with the API's meaning of an absent value
 * filled in.
 *
 * @param ready accepts traffic; also true for every endpoint of a Service with {@code publishNotReadyAddresses}
 * @param serving would be ready if it were not terminating
 * @param terminating its pod has a deletion timestamp
 */
public record EndpointConditions(boolean ready, boolean serving, boolean terminating) {

    /** Ready, serving, not terminating. */
    public static final EndpointConditions READY = new EndpointConditions(true, true, false);

    /** Reads the API's optional values: absent {@code ready} and {@code serving} mean true, {@code terminating} false. */
    public static EndpointConditions of(
            @Nullable Boolean ready, @Nullable Boolean serving, @Nullable Boolean terminating) {
        return new EndpointConditions(
                !Boolean.FALSE.equals(ready), !Boolean.FALSE.equals(serving), Boolean.TRUE.equals(terminating));
    }
}
