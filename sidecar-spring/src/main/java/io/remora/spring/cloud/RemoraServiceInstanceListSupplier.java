package io.remora.spring.cloud;

import java.util.List;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import reactor.core.publisher.Flux;

/**
 * Lists the endpoints of a service for a load balancer that is not Remora's, as they are at each request: there is nothing to
 * be cached. What is no Service of the cluster is left to another list. Thread-safe.
 */
final class RemoraServiceInstanceListSupplier implements ServiceInstanceListSupplier {

    private final String serviceId;
    private final CloudServices services;
    private final ServiceInstanceListSupplier other;

    /** @param other asked for what is no Service of the cluster */
    RemoraServiceInstanceListSupplier(String serviceId, CloudServices services, ServiceInstanceListSupplier other) {
        this.serviceId = serviceId;
        this.services = services;
        this.other = other;
    }

    @Override
    public String getServiceId() {
        return serviceId;
    }

    @Override
    public Flux<List<ServiceInstance>> get() {
        return instances().switchIfEmpty(other.get());
    }

    @Override
    @SuppressWarnings("rawtypes") // as the interface has it
    public Flux<List<ServiceInstance>> get(Request request) {
        return instances().switchIfEmpty(other.get(request));
    }

    private Flux<List<ServiceInstance>> instances() {
        return CloudServices.mono(() -> services.find(serviceId))
                .flatMapMany(known -> known.map(Flux::just).orElseGet(Flux::empty));
    }
}
