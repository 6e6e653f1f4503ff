package io.remora.spring.cloud;

import io.remora.embedded.Remora;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** A part of the context that Spring Cloud LoadBalancer makes for each service it is asked for. */
@Configuration(proxyBeanMethods = false)
class RemoraLoadBalancerConfiguration {

    @Bean
    static SpringCloudBeans remoraSpringCloudBeans(
            Environment environment, ConfigurableListableBeanFactory beans, ObjectProvider<Remora> remora) {
        return new SpringCloudBeans(environment, beans, remora);
    }
}
