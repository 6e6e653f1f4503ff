package io.remora.kubernetes;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServiceSpec;
import io.remora.kubernetes.ResourcePath.Extent;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Makes the watches of a source; what all of them share is made once. Used by the loop's thread. */
final class WatchFactory {

    /** No slice of a headless Service is wanted; an API server that ignores it sends them, and they are left out here. */
    private static final String NOT_HEADLESS = "%21service.kubernetes.io%2Fheadless";

    private final ResourceWatch.Shared shared;
    private final boolean headless;
    private final ObjectDecoder<Service, ServiceSpec> services;
    private final ObjectDecoder<EndpointSlice, SliceContent> slices;

    /** @param headless whether the slices of headless Services are wanted */
    WatchFactory(ResourceWatch.Shared shared, boolean headless) {
        this.shared = shared;
        this.headless = headless;
        Interner interner = new Interner();
        services = new ObjectDecoder<>(Service.class, new ServiceMapper(interner)::map);
        slices = new ObjectDecoder<>(EndpointSlice.class, new EndpointSliceMapper(interner, headless)::map);
    }

    /**
     * The two watches of a namespace.
     *
     * @param namespace empty for all of them
     */
    List<ResourceWatch<?, ?>> ofNamespace(String namespace, NamespaceState state, ResourceWatch.Owner owner) {
        String where = namespace.isEmpty() ? "" : " in namespace " + namespace;
        return watches(
                new ResourcePath("services" + where, servicesPath(namespace), "", Extent.MANY),
                new ResourcePath(
                        "endpointslices" + where,
                        slicesPath(namespace),
                        headless ? "" : "&labelSelector=" + NOT_HEADLESS,
                        Extent.MANY),
                state,
                owner);
    }

    /** The two watches of one Service. */
    List<ResourceWatch<?, ?>> ofService(ServiceId id, NamespaceState state, ResourceWatch.Owner owner) {
        return watches(
                new ResourcePath(
                        "service " + id,
                        servicesPath(id.namespace()),
                        "&fieldSelector=metadata.name%3D" + id.name(),
                        Extent.ONE),
                new ResourcePath(
                        "endpointslices of service " + id,
                        slicesPath(id.namespace()),
                        "&labelSelector=kubernetes.io%2Fservice-name%3D" + id.name()
                                + (headless ? "" : "%2C" + NOT_HEADLESS),
                        Extent.FEW),
                state,
                owner);
    }

    /** Loads the classes that reading an object needs, which takes longer than any request. */
    void load() {
        String metadata = "{\"metadata\":{\"namespace\":\"x\",\"name\":\"x\",\"labels\":{}},";
        services.object((metadata + "\"spec\":{\"clusterIPs\":[\"0.0.0.0\"],\"ports\":[{\"port\":1}]}}")
                .getBytes(StandardCharsets.US_ASCII));
        slices.object((metadata + "\"addressType\":\"IPv4\",\"ports\":[{\"port\":1}],\"endpoints\":[{\"addresses\":"
                        + "[\"0.0.0.0\"],\"conditions\":{},\"targetRef\":{},\"hints\":{}}]}")
                .getBytes(StandardCharsets.US_ASCII));
    }

    static String servicesPath(String namespace) {
        return "/api/v1/" + scope(namespace) + "services";
    }

    private static String slicesPath(String namespace) {
        return "/apis/discovery.k8s.io/v1/" + scope(namespace) + "endpointslices";
    }

    private static String scope(String namespace) {
        return namespace.isEmpty() ? "" : "namespaces/" + namespace + "/";
    }

    private List<ResourceWatch<?, ?>> watches(
            ResourcePath ofServices, ResourcePath ofSlices, NamespaceState state, ResourceWatch.Owner owner) {
        return List.of(
                new ResourceWatch<>(Service.class, ofServices, services, state.services(), shared, owner),
                new ResourceWatch<>(EndpointSlice.class, ofSlices, slices, state.slices(), shared, owner));
    }
}
