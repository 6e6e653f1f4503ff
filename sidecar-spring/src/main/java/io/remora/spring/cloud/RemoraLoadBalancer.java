package io.remora.spring.cloud;

import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointState;
import io.remora.client.RequestAttempt;
import io.remora.client.RequestBalancer;
import io.remora.client.RequestRefusedException;
import io.remora.registry.ServiceEntry;
import java.lang.ref.Cleaner;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultResponse;
import org.springframework.cloud.client.loadbalancer.EmptyResponse;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.RetryableRequestContext;
import org.springframework.cloud.client.loadbalancer.reactive.ReactiveLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Mono;

/**
 * Chooses the instance of a service as Remora picks the endpoint of a request. What is no Service of the cluster is left to
 * another load balancer. Thread-safe.
 */
final class RemoraLoadBalancer implements ReactorServiceInstanceLoadBalancer {

    private static final Logger LOGGER = LoggerFactory.getLogger(RemoraLoadBalancer.class);

    private final String serviceId;
    private final CloudServices services;
    private final RequestBalancer requests;
    private final ReactorServiceInstanceLoadBalancer other;
    private final Cleaner cleaner;

    /** @param other asked for what is no Service of the cluster */
    RemoraLoadBalancer(
            String serviceId,
            CloudServices services,
            RequestBalancer requests,
            ReactorServiceInstanceLoadBalancer other,
            Cleaner cleaner) {
        this.serviceId = serviceId;
        this.services = services;
        this.requests = requests;
        this.other = other;
        this.cleaner = cleaner;
    }

    @Override
    @SuppressWarnings("rawtypes") // as the interface has it
    public Mono<Response<ServiceInstance>> choose(Request request) {
        return CloudServices.mono(() -> services.lookUp(serviceId))
                .flatMap(found -> found.isPresent() ? Mono.just(choose(found.get(), request)) : other.choose(request));
    }

    private Response<ServiceInstance> choose(ServiceEntry entry, Request<?> request) {
        RequestData data =
                request.getContext() instanceof RequestDataContext context ? context.getClientRequest() : null;
        PortChoice port = PortChoice.of(entry, data == null ? null : data.getUrl());
        if (port == null) {
            return new EmptyResponse();
        }
        DestinationBalancer balancer = services.balancer(entry, port);
        if (port.secure() || balancer == null) {
            return new DefaultResponse(byName(entry, port));
        }
        try {
            RequestAttempt attempt = begin(balancer, data, request);
            return new DefaultResponse(
                    request == ReactiveLoadBalancer.REQUEST ? uncounted(port, attempt) : counted(port, attempt));
        } catch (RequestRefusedException e) {
            LOGGER.atDebug().setCause(e).addKeyValue("service", serviceId).log("no instance is chosen");
            return new EmptyResponse();
        }
    }

    /** TLS verifies the Service's name, so that stays; an HTTP client that Remora balances still goes to a pod. */
    private ServiceInstance byName(ServiceEntry entry, PortChoice port) {
        return new DefaultServiceInstance(
                serviceId, serviceId, services.host(entry), port.port().port(), port.secure());
    }

    private RequestAttempt begin(DestinationBalancer balancer, @Nullable RequestData data, Request<?> request)
            throws RequestRefusedException {
        HttpHeaders headers = data == null ? null : data.getHeaders();
        Function<String, @Nullable String> header = name -> headers == null ? null : headers.getFirst(name);
        Predicate<EndpointState> untried = untried(request);
        RequestAttempt first = untried == null ? null : requests.begin(balancer, header, untried);
        return first == null ? requests.begin(balancer, header) : first;
    }

    /** A call that is tried again goes to another endpoint, if there is one. */
    private static @Nullable Predicate<EndpointState> untried(Request<?> request) {
        return request.getContext() instanceof RetryableRequestContext retry
                        && retry.getPreviousServiceInstance() instanceof PodInstance previous
                ? state -> !state.endpoint().isSame(previous.endpoint())
                : null;
    }

    private ServiceInstance counted(PortChoice port, RequestAttempt attempt) {
        ChosenCall call = new ChosenCall(attempt);
        PodInstance instance =
                new PodInstance(serviceId, port, attempt.endpoint().endpoint(), call);
        cleaner.register(instance, call);
        return instance;
    }

    /** Somebody asks for an instance by its service's name alone, and will not tell what becomes of it. */
    private ServiceInstance uncounted(PortChoice port, RequestAttempt attempt) {
        attempt.discard();
        return new PodInstance(serviceId, port, attempt.endpoint().endpoint());
    }
}
