package io.remora.spring.cloud;

import java.util.List;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/**
 * Lists the endpoints that Remora would use. Asked before the other clients of an application, which are asked for what Remora
 * has no instance of. Waits only for a Service that is not known yet, and no longer than {@code remora.hold}. Thread-safe.
 */
final class RemoraDiscoveryClient implements DiscoveryClient {

    static final int ORDER = DEFAULT_ORDER - 100;
    static final String DESCRIPTION = "Remora";

    private final CloudServices services;

    RemoraDiscoveryClient(CloudServices services) {
        this.services = services;
    }

    @Override
    public String description() {
        return DESCRIPTION;
    }

    @Override
    public List<ServiceInstance> getInstances(String serviceId) {
        return services.instances(serviceId).toCompletableFuture().join();
    }

    @Override
    public List<String> getServices() {
        return services.all();
    }

    @Override
    public int getOrder() {
        return ORDER;
    }
}
