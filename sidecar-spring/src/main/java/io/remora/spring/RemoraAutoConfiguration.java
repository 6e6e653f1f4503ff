package io.remora.spring;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.OutcomeListener;
import io.remora.client.RequestBalancer;
import io.remora.client.RequestListener;
import io.remora.client.ServiceNames;
import io.remora.config.ConfigException;
import io.remora.config.ConfigReader;
import io.remora.config.RemoraConfig;
import io.remora.discovery.DiscoverySource;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.embedded.Remora;
import io.remora.outlier.HealthListener;
import io.remora.registry.RegistryListener;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;

/**
 * Watches the cluster's Services once for the whole application, and balances its requests over their endpoints. Active on
 * Kubernetes, and elsewhere with {@code remora.services} or {@code remora.enabled=true}.
 */
@AutoConfiguration
@Conditional(OnRemoraActive.class)
@ImportRuntimeHints(KubernetesHints.class)
public final class RemoraAutoConfiguration {

    @Bean
    ApplicationSettings remoraSettings(Environment environment) {
        return SettingsLoader.load(environment, System.getenv());
    }

    @Bean
    RemoraConfig remoraConfig(ApplicationSettings settings) {
        return settings.config();
    }

    /** The Services of {@code remora.services}, or else the cluster's; an application may define a source of its own. */
    @Bean(destroyMethod = "") // Remora closes it
    @ConditionalOnMissingBean({DiscoverySource.class, Remora.class})
    DiscoverySource remoraDiscoverySource(ApplicationSettings settings) {
        if (!settings.services().isEmpty()) {
            return new StaticDiscoverySource(settings.services());
        }
        try {
            return Remora.cluster(settings.config().kubernetes());
        } catch (IllegalArgumentException e) {
            ConfigException problem = new ConfigException(List.of(ConfigReader.apiProblem(e)));
            problem.initCause(e);
            throw problem;
        }
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Remora remora(
            ApplicationSettings settings,
            DiscoverySource source,
            ObjectProvider<RegistryListener> registryListeners,
            ObjectProvider<OutcomeListener> outcomeListeners,
            ObjectProvider<HealthListener> healthListeners,
            ObjectProvider<RequestListener> requestListeners,
            ObjectProvider<CircuitBreakerRegistry> breakers) {
        ServiceNames names = new ServiceNames(settings.namespace(), settings.clusterDomain());
        Remora.Builder builder = Remora.builder(settings.config(), names, source)
                .breakers(() -> breakers.getIfUnique(CircuitBreakerRegistry::ofDefaults));
        registryListeners.orderedStream().forEach(builder::registryListener);
        outcomeListeners.orderedStream().forEach(builder::outcomeListener);
        healthListeners.orderedStream().forEach(builder::healthListener);
        requestListeners.orderedStream().forEach(builder::requestListener);
        return builder.build();
    }

    @Bean
    @ConditionalOnMissingBean
    RequestBalancer remoraRequestBalancer(Remora remora) {
        return remora.requests();
    }

    @Bean
    RemoraLifecycle remoraLifecycle(Remora remora) {
        return new RemoraLifecycle(remora);
    }
}
