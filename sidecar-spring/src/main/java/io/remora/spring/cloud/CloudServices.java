package io.remora.spring.cloud;

import io.remora.balancer.Candidates;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointState;
import io.remora.client.ServiceNames;
import io.remora.client.ServiceTarget;
import io.remora.discovery.ServiceId;
import io.remora.embedded.Remora;
import io.remora.registry.ServiceEntry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The Services of a cluster by the names that Spring Cloud calls them: {@code catalog} in the application's own namespace, or
 * any other form of a host name. Thread-safe.
 */
final class CloudServices {

    private final Remora remora;

    CloudServices(Remora remora) {
        this.remora = remora;
    }

    private ServiceNames names() {
        return remora.requests().names();
    }

    /** Returns what an answer is, and goes on elsewhere if it is waited for: the thread that tells it is not the application's. */
    static <T> Mono<T> mono(Supplier<CompletionStage<T>> answer) {
        return Mono.defer(() -> {
            CompletableFuture<T> future = answer.get().toCompletableFuture();
            Mono<T> mono = Mono.fromFuture(future);
            return future.isDone() ? mono : mono.publishOn(Schedulers.parallel());
        });
    }

    /** Returns the balanced Service of a name, when the source has said whether there is one, or is not waited for any more. */
    CompletionStage<Optional<ServiceEntry>> lookUp(String name) {
        ServiceId service = names().find(name);
        return service == null
                ? CompletableFuture.completedFuture(Optional.empty())
                : remora.requests()
                        .lookUp(ServiceTarget.of(service))
                        .thenApply(any -> Optional.ofNullable(find(service)));
    }

    private @Nullable ServiceEntry find(ServiceId service) {
        ServiceEntry entry = remora.registry().snapshot().service(service);
        return entry == null || PortChoice.ports(entry).isEmpty() ? null : entry;
    }

    /** Returns the balancer of one of a Service's ports; null if only the node's own proxy can balance it. */
    @Nullable
    DestinationBalancer balancer(ServiceEntry entry, PortChoice port) {
        return remora.requests()
                .find(ServiceTarget.of(entry.service().id(), port.port().port()));
    }

    /** Returns the endpoints that may be used, without those that are ejected; empty if there is no such Service. */
    CompletionStage<Optional<List<ServiceInstance>>> find(String name) {
        return lookUp(name).thenApply(found -> found.map(entry -> instances(name, entry)));
    }

    /** As {@link #find}, and none if there is no such Service. */
    CompletionStage<List<ServiceInstance>> instances(String name) {
        return find(name).thenApply(found -> found.orElse(List.of()));
    }

    private List<ServiceInstance> instances(String name, ServiceEntry entry) {
        PortChoice port = PortChoice.of(entry, null);
        DestinationBalancer balancer = port == null ? null : balancer(entry, port);
        if (port == null || balancer == null) {
            return List.of();
        }
        Candidates candidates = balancer.candidates();
        List<EndpointState> usable = candidates.usable().isEmpty() ? candidates.eligible() : candidates.usable();
        return usable.stream()
                .<ServiceInstance>map(state -> new PodInstance(name, port, state.endpoint()))
                .toList();
    }

    /** Returns the names of all that are known: plain ones of the application's own namespace, {@code name.namespace} of others. */
    List<String> all() {
        return remora.registry().snapshot().services().stream()
                .filter(entry -> !PortChoice.ports(entry).isEmpty())
                .map(entry -> name(entry.service().id()))
                .toList();
    }

    private String name(ServiceId service) {
        return service.namespace().equals(names().namespace())
                ? service.name()
                : service.name() + "." + service.namespace();
    }

    /** Returns the host by which the whole cluster knows a Service. */
    String host(ServiceEntry entry) {
        ServiceId service = entry.service().id();
        return service.name() + "." + service.namespace() + ".svc." + names().clusterDomain();
    }
}
