package io.remora.grpc;

import io.grpc.Attributes;
import io.remora.balancer.DestinationBalancer;
import io.remora.client.RequestBalancer;
import io.remora.client.ServiceTarget;
import org.jspecify.annotations.Nullable;

/** What the resolver tells the load balancer besides addresses. Immutable. */
record ResolvedService(RequestBalancer requests, ServiceTarget target) {

    /** Where a {@link io.grpc.NameResolver.ResolutionResult} has it. */
    static final Attributes.Key<ResolvedService> KEY = Attributes.Key.create("io.remora.grpc.resolved-service");

    /** Returns the balancer of the Service port; null if it is gone. */
    @Nullable
    DestinationBalancer balancer() {
        return requests.find(target);
    }
}
