package io.remora.spring.cloud;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.publisher.Flux;

/** As {@link RemoraDiscoveryClient}, without waiting in a thread. Thread-safe. */
final class RemoraReactiveDiscoveryClient implements ReactiveDiscoveryClient {

    private final CloudServices services;

    RemoraReactiveDiscoveryClient(CloudServices services) {
        this.services = services;
    }

    @Override
    public String description() {
        return RemoraDiscoveryClient.DESCRIPTION;
    }

    @Override
    public Flux<ServiceInstance> getInstances(String serviceId) {
        return CloudServices.mono(() -> services.instances(serviceId)).flatMapIterable(all -> all);
    }

    @Override
    public Flux<String> getServices() {
        return Flux.defer(() -> Flux.fromIterable(services.all()));
    }

    @Override
    public int getOrder() {
        return RemoraDiscoveryClient.ORDER;
    }
}
