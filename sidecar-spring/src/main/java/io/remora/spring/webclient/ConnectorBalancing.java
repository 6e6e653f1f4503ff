package io.remora.spring.webclient;

import io.remora.client.RequestBalancer;
import io.remora.spring.DeclaredTypes;
import java.util.function.Supplier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * Puts balancing into the one bean that all of Spring Boot's reactive clients are built by, after the application and its
 * customizers have made it.
 */
final class ConnectorBalancing implements BeanPostProcessor {

    private final ConfigurableListableBeanFactory beans;
    private final Supplier<RequestBalancer> balancer;
    private final ClusterIpNotice notice = new ClusterIpNotice();

    ConnectorBalancing(ConfigurableListableBeanFactory beans, Supplier<RequestBalancer> balancer) {
        this.beans = beans;
        this.balancer = balancer;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof ClientHttpConnectorBuilder<?> builder && !(bean instanceof BalancingConnectorBuilder)) {
            if (DeclaredTypes.isNarrower(beans, beanName, ClientHttpConnectorBuilder.class)) {
                notice.declared(beanName);
                return bean;
            }
            return new BalancingConnectorBuilder(builder, balancer, notice);
        }
        if (bean instanceof ClientHttpConnector connector && !(bean instanceof BalancingConnector)) {
            notice.unknown(beanName, connector);
        }
        return bean;
    }
}
