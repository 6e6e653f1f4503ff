package io.remora.spring.http;

import io.remora.client.RequestBalancer;
import io.remora.spring.DeclaredTypes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;

/**
 * Balances what is built with the builder of request factories that Spring Boot gives to {@code RestClient},
 * {@code RestTemplate} and HTTP service clients: its own or the application's.
 */
final class BalancedBuilderPostProcessor implements BeanPostProcessor {

    private static final Logger log = LoggerFactory.getLogger(BalancedBuilderPostProcessor.class);

    private final ConfigurableListableBeanFactory beans;
    private final ObjectProvider<RequestBalancer> requests;

    BalancedBuilderPostProcessor(ConfigurableListableBeanFactory beans, ObjectProvider<RequestBalancer> requests) {
        this.beans = beans;
        this.requests = requests;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (!(bean instanceof ClientHttpRequestFactoryBuilder<?> builder)
                || bean instanceof BalancedFactoryBuilder<?>) {
            return bean;
        }
        if (DeclaredTypes.isNarrower(beans, name, ClientHttpRequestFactoryBuilder.class)) {
            log.atInfo()
                    .addKeyValue("bean", name)
                    .log("requests keep the ClusterIP: the bean may be wanted as what it is; declare it as"
                            + " ClientHttpRequestFactoryBuilder<?>");
            return bean;
        }
        return BalancedFactoryBuilder.of(builder, requests::getObject);
    }
}
