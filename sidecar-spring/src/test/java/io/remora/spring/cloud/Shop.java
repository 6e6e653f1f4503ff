package io.remora.spring.cloud;

import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.client.ServiceTarget;
import io.remora.discovery.DiscoverySource;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServicePort.PortKey;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.embedded.Remora;
import io.remora.spring.RemoraAutoConfiguration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.composite.reactive.ReactiveCompositeDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.simple.reactive.SimpleReactiveDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalancerAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.reactive.LoadBalancerBeanPostProcessorAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.reactive.ReactorLoadBalancerClientAutoConfiguration;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.cloud.loadbalancer.config.BlockingLoadBalancerClientAutoConfiguration;
import org.springframework.cloud.loadbalancer.config.LoadBalancerCacheAutoConfiguration;
import org.springframework.context.ApplicationContext;

/** The Services of namespace {@code shop}, and applications of Spring Cloud in it. */
final class Shop {

    static final ServiceId CATALOG = new ServiceId("shop", "catalog");
    static final ServicePort HTTP = ServicePort.tcp("http", 80);

    final StaticDiscoverySource source;
    final Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();

    Shop(List<Endpoint> catalog) {
        source = new StaticDiscoverySource(List.of(service(CATALOG, catalog, HTTP)));
    }

    static Shop of(Server... pods) {
        return new Shop(endpoints(pods));
    }

    static List<Endpoint> endpoints(Server... pods) {
        return List.of(pods).stream().map(Server::endpoint).toList();
    }

    static ServiceSnapshot service(ServiceId id, List<Endpoint> endpoints, ServicePort... ports) {
        Map<PortKey, List<Endpoint>> all =
                List.of(ports).stream().collect(Collectors.toMap(ServicePort::key, port -> endpoints));
        return new ServiceSnapshot(
                id,
                ServiceSpec.builder()
                        .clusterIps(List.of(IpAddress.parse("10.96.0." + (10 + Math.floorMod(id.hashCode(), 200)))))
                        .ports(List.of(ports))
                        .build(),
                all,
                null);
    }

    ApplicationContextRunner application() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        UtilAutoConfiguration.class,
                        HttpClientAutoConfiguration.class,
                        ImperativeHttpClientAutoConfiguration.class,
                        ReactiveHttpClientAutoConfiguration.class,
                        RestClientAutoConfiguration.class,
                        WebClientAutoConfiguration.class,
                        SimpleDiscoveryClientAutoConfiguration.class,
                        SimpleReactiveDiscoveryClientAutoConfiguration.class,
                        CompositeDiscoveryClientAutoConfiguration.class,
                        ReactiveCompositeDiscoveryClientAutoConfiguration.class,
                        LoadBalancerAutoConfiguration.class,
                        LoadBalancerBeanPostProcessorAutoConfiguration.class,
                        ReactorLoadBalancerClientAutoConfiguration.class,
                        org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration.class,
                        BlockingLoadBalancerClientAutoConfiguration.class,
                        LoadBalancerCacheAutoConfiguration.class,
                        RemoraAutoConfiguration.class,
                        RemoraDiscoveryClientAutoConfiguration.class,
                        RemoraLoadBalancerAutoConfiguration.class))
                .withPropertyValues(
                        "remora.enabled=true", "remora.namespace=shop", "remora.cluster-domain=cluster.local")
                .withBean(DiscoverySource.class, () -> source)
                .withBean(OutcomeListener.class, () -> (endpoint, outcome) -> outcomes.add(outcome));
    }

    /** Returns when the application knows the change. */
    void update(ApplicationContext context, ServiceSnapshot service) {
        source.update(service);
        Remora remora = context.getBean(Remora.class);
        await(remora, known -> known.equals(service), service.id());
    }

    /** Returns the balancer of a Service's only port, when it is known. */
    static DestinationBalancer balancer(ApplicationContext context, ServiceId service) {
        Remora remora = context.getBean(Remora.class);
        await(remora, any -> true, service);
        return Objects.requireNonNull(remora.requests().find(ServiceTarget.of(service)));
    }

    static int inFlight(ApplicationContext context) {
        return balancer(context, CATALOG).admission().open();
    }

    private static void await(Remora remora, Function<ServiceSnapshot, Boolean> condition, ServiceId id) {
        Awaitility.await().until(() -> {
            var entry = remora.registry().snapshot().service(id);
            return entry != null && condition.apply(entry.service());
        });
    }
}
