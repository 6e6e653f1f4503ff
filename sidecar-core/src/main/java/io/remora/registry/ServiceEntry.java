package io.remora.registry;

import io.remora.discovery.ServiceSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Service in the registry: the addresses that lead to it, and its Destinations. Immutable.
 *
 * @param frontends every address and TCP port that clients dial to come to the Service, each once
 * @param destinations one for each TCP port and family of its ClusterIPs, and where its other addresses use other endpoints
 *     than the ClusterIP does, one more for those
 * @param exclusion why it has no Destination; null if it has some
 */
public record ServiceEntry(
        ServiceSnapshot service,
        List<Frontend> frontends,
        List<Destination> destinations,
        @Nullable Exclusion exclusion) {

    public ServiceEntry {
        frontends = List.copyOf(frontends);
        destinations = List.copyOf(destinations);
    }

    /**
     * Decides about a Service. A pure function.
     *
     * @param before what was known of it, whose {@link UseFlag} stays in use; null if nothing
     */
    static ServiceEntry of(ServiceSnapshot service, RegistryConfig config, @Nullable ServiceEntry before) {
        Exclusion exclusion = Exclusion.of(service.spec());
        if (exclusion != null && !(exclusion == Exclusion.HEADLESS && config.headless())) {
            return new ServiceEntry(service, List.of(), List.of(), exclusion);
        }
        UseFlag use = before == null || before.destinations.isEmpty()
                ? new UseFlag()
                : before.destinations.get(0).use();
        return new FrontendRule(service, config, use).entry();
    }

    /** Returns whether anybody connected to it since this was asked last. */
    boolean takeUse() {
        return !destinations.isEmpty() && destinations.get(0).use().take();
    }
}
