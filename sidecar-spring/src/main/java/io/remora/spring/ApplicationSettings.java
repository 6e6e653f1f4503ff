package io.remora.spring;

import io.remora.config.RemoraConfig;
import io.remora.discovery.ServiceSnapshot;
import java.util.List;

/**
 * Everything that is set for an application. Immutable.
 *
 * @param config what the core is told
 * @param namespace the one that the application belongs to
 * @param clusterDomain the last part of a Service's full name
 * @param services those given by {@code remora.services}; if there are any, no API server is asked for others
 */
record ApplicationSettings(
        RemoraConfig config, String namespace, String clusterDomain, List<ServiceSnapshot> services) {

    ApplicationSettings {
        services = List.copyOf(services);
    }
}
