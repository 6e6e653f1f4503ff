package io.remora.spring.cloud;

import io.remora.embedded.Remora;
import io.remora.internal.ThreadScheduler;
import io.remora.spring.RemoraAutoConfiguration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.cloud.client.ConditionalOnBlockingDiscoveryEnabled;
import org.springframework.cloud.client.ConditionalOnDiscoveryEnabled;
import org.springframework.cloud.client.ConditionalOnReactiveDiscoveryEnabled;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

/**
 * Lists the cluster's Services to what uses Spring Cloud's discovery clients. Switched off with
 * {@code remora.cloud.enabled=false}, or as any discovery client with {@code spring.cloud.discovery.enabled=false}.
 */
@AutoConfiguration(after = RemoraAutoConfiguration.class)
@ConditionalOnClass(DiscoveryClient.class)
@ConditionalOnBean(Remora.class)
@ConditionalOnDiscoveryEnabled
@ConditionalOnBooleanProperty(name = "remora.cloud.enabled", matchIfMissing = true)
public final class RemoraDiscoveryClientAutoConfiguration {

    @Bean
    ServiceHeartbeat remoraServiceHeartbeat(
            ApplicationEventPublisher events, @Qualifier("remoraHeartbeatThread") ThreadScheduler thread) {
        return new ServiceHeartbeat(events, thread);
    }

    /** Not the registry's writer: what listens to events is the application's code. */
    @Bean(defaultCandidate = false)
    ThreadScheduler remoraHeartbeatThread() {
        return new ThreadScheduler("remora-heartbeat");
    }

    /** Blocking. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBlockingDiscoveryEnabled
    static class Blocking {

        @Bean
        RemoraDiscoveryClient remoraDiscoveryClient(Remora remora) {
            return new RemoraDiscoveryClient(new CloudServices(remora));
        }
    }

    /** Reactive. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({Flux.class, ReactiveDiscoveryClient.class})
    @ConditionalOnReactiveDiscoveryEnabled
    static class Reactive {

        @Bean
        RemoraReactiveDiscoveryClient remoraReactiveDiscoveryClient(Remora remora) {
            return new RemoraReactiveDiscoveryClient(new CloudServices(remora));
        }
    }
}
