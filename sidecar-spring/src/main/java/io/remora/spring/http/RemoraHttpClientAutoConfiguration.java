package io.remora.spring.http;

import io.remora.client.RequestBalancer;
import io.remora.spring.RemoraAutoConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.io.ResourceLoader;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Balances the requests that {@code RestClient}, {@code RestTemplate} and HTTP service clients make to known Services, with
 * every builder that Spring Boot configures; {@code remora.http.enabled=false} leaves them alone.
 */
@AutoConfiguration(
        after = {RemoraAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class},
        beforeName = {
            "org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration",
            "org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration"
        })
@ConditionalOnClass({ClientHttpRequestFactory.class, ClientHttpRequestFactoryBuilder.class})
@ConditionalOnBean(RequestBalancer.class)
@ConditionalOnBooleanProperty(name = "remora.http.enabled", matchIfMissing = true)
@ImportRuntimeHints(JettyHints.class)
public final class RemoraHttpClientAutoConfiguration {

    @Bean
    static BalancedBuilderPostProcessor remoraBalancedBuilderPostProcessor(
            ConfigurableListableBeanFactory beans, ObjectProvider<RequestBalancer> requests) {
        return new BalancedBuilderPostProcessor(beans, requests);
    }

    /** In a reactive application Boot has none, but its {@code RestClient.Builder} is there and looks for one. */
    @Bean
    @ConditionalOnMissingBean(ClientHttpRequestFactoryBuilder.class)
    ClientHttpRequestFactoryBuilder<?> remoraClientHttpRequestFactoryBuilder(ResourceLoader resources) {
        return ClientHttpRequestFactoryBuilder.detect(resources.getClassLoader());
    }
}
