package io.remora.spring.cloud;

import io.remora.embedded.Remora;
import io.remora.spring.RemoraAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.cloud.client.ConditionalOnDiscoveryEnabled;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClients;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.context.annotation.Bean;

/**
 * Lets Spring Cloud LoadBalancer choose by Remora. A load balancer, or a list of instances, that the application defines for
 * itself stays, and so does Spring Cloud's own where {@code spring.cloud.loadbalancer.configurations} asks for another than
 * the default. Switched off with {@code remora.cloud.enabled=false}.
 */
@AutoConfiguration(after = RemoraAutoConfiguration.class)
@ConditionalOnClass({LoadBalancerClients.class, ReactorServiceInstanceLoadBalancer.class})
@ConditionalOnBean(Remora.class)
@ConditionalOnDiscoveryEnabled
@ConditionalOnBooleanProperty(name = "remora.cloud.enabled", matchIfMissing = true)
@LoadBalancerClients(defaultConfiguration = RemoraLoadBalancerConfiguration.class)
public final class RemoraLoadBalancerAutoConfiguration {

    @Bean
    CallLifecycle remoraCallLifecycle() {
        return new CallLifecycle();
    }
}
