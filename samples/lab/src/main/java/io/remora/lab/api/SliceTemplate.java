package io.remora.lab.api;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;

/** Builds EndpointSlices by hand. Immutable; each method returns a changed copy. */
public final class SliceTemplate {
    private final EndpointSlice slice;

    private SliceTemplate(EndpointSlice slice) {
        this.slice = slice;
    }

    /**
     * An empty slice of a Service.
     *
     * @param addressType {@code IPv4} or {@code IPv6}
     */
    public static SliceTemplate of(String namespace, String service, String name, String addressType) {
        return new SliceTemplate(new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels("kubernetes.io/service-name", service)
                .addToLabels("endpointslice.kubernetes.io/managed-by", "remora-lab")
                .endMetadata()
                .withAddressType(addressType)
                .build());
    }

    private EndpointSliceBuilder change() {
        return new EndpointSliceBuilder(slice);
    }

    /** With one more TCP port; its name is that of the Service's port. */
    public SliceTemplate port(String name, int port) {
        return new SliceTemplate(change().addNewPort()
                .withName(name)
                .withPort(port)
                .withProtocol("TCP")
                .endPort()
                .build());
    }

    /** With one more endpoint that is ready. */
    public SliceTemplate ready(String address) {
        return endpoint(address, true, true, false);
    }

    /** With one more endpoint that is not ready. */
    public SliceTemplate notReady(String address) {
        return endpoint(address, false, false, false);
    }

    /** With one more endpoint that is terminating but still serves. */
    public SliceTemplate draining(String address) {
        return endpoint(address, false, true, true);
    }

    public SliceTemplate endpoint(String address, boolean ready, boolean serving, boolean terminating) {
        return endpoint(new EndpointBuilder()
                .withAddresses(address)
                .withNewConditions(ready, serving, terminating)
                .build());
    }

    public SliceTemplate endpoint(Endpoint endpoint) {
        return new SliceTemplate(change().addToEndpoints(endpoint).build());
    }

    public EndpointSlice build() {
        return slice;
    }
}
