package io.remora.spring.webclient;

import io.remora.client.RequestBalancer;
import io.remora.spring.RemoraAutoConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.reactive.ClientHttpConnector;
import reactor.core.publisher.Mono;

/**
 * Lets WebClient, and the HTTP service clients on it, send each request to a pod of the Service that its host names. Switched
 * off with {@code remora.http.enabled=false}.
 */
@AutoConfiguration(after = RemoraAutoConfiguration.class)
@ConditionalOnClass({ClientHttpConnectorBuilder.class, ClientHttpConnector.class, Mono.class})
@ConditionalOnBean(RequestBalancer.class)
@ConditionalOnBooleanProperty(name = "remora.http.enabled", matchIfMissing = true)
public final class RemoraWebClientAutoConfiguration {

    /** Static, and asks for the balancer late: it is made before the beans that it sees. */
    @Bean
    static ConnectorBalancing remoraConnectorBalancing(
            ConfigurableListableBeanFactory beans, ObjectProvider<RequestBalancer> balancer) {
        return new ConnectorBalancing(beans, balancer::getObject);
    }

    /** Where there is a WebClient. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(WebClientCustomizer.class)
    static class WebClientConfiguration {

        /** Last: it tells what the other filters made of a request. */
        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        RequestHeaders remoraRequestHeaders() {
            return new RequestHeaders();
        }
    }
}
