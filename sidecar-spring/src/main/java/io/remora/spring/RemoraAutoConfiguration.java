package io.remora.spring;

import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.OutcomeListener;
import io.remora.discovery.DiscoverySource;
import io.remora.kubernetes.KubernetesDiscoverySource;
import io.remora.registry.RegistryListener;
import io.remora.registry.ServiceRegistry;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * Watches the cluster's Services once for the whole application, and balances over their endpoints: the
 * {@link ServiceRegistry} says which Destination an address or a Service is, the {@link BalancerRegistry} picks. Active on
 * Kubernetes, elsewhere with {@code remora.enabled=true}.
 */
@AutoConfiguration
@Conditional(OnRemoraActive.class)
@EnableConfigurationProperties(RemoraProperties.class)
public final class RemoraAutoConfiguration {

    /** The cluster; an application that knows Services from elsewhere defines a source of its own. */
    @Bean(destroyMethod = "") // the registry closes it
    @ConditionalOnMissingBean(DiscoverySource.class)
    KubernetesDiscoverySource remoraDiscoverySource(RemoraProperties properties) {
        return new KubernetesDiscoverySource(properties.kubernetesConfig());
    }

    @Bean
    @ConditionalOnMissingBean
    BalancerRegistry remoraBalancerRegistry(
            RemoraProperties properties, ObjectProvider<OutcomeListener> outcomeListeners) {
        List<OutcomeListener> listeners = outcomeListeners.orderedStream().toList();
        return new BalancerRegistry(
                properties.policyOrDefault(),
                (endpoint, outcome) -> listeners.forEach(listener -> listener.completed(endpoint, outcome)));
    }

    /** A registry of the application's own is the application's to start. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(ServiceRegistry.class)
    static class RegistryConfiguration {

        /** The balancers are one of the listeners. */
        @Bean
        ServiceRegistry remoraServiceRegistry(DiscoverySource source, ObjectProvider<RegistryListener> listeners) {
            return new ServiceRegistry(source, listeners.orderedStream().toList(), Runnable::run);
        }

        @Bean
        RemoraLifecycle remoraLifecycle(ServiceRegistry registry) {
            return new RemoraLifecycle(registry);
        }
    }
}
