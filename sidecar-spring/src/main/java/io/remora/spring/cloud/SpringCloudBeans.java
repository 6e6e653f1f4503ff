package io.remora.spring.cloud;

import io.remora.embedded.Remora;
import java.lang.ref.Cleaner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.cloud.loadbalancer.support.LoadBalancerEnvironmentPropertyUtils;
import org.springframework.core.env.Environment;
import org.springframework.core.type.MethodMetadata;

/**
 * Puts Remora before the load balancer and the list of instances that Spring Cloud makes of itself for a service. Not by beans
 * in their place: whether those or the application's came first would depend on the order of a hash map.
 */
final class SpringCloudBeans implements BeanPostProcessor {

    private static final Logger LOGGER = LoggerFactory.getLogger(SpringCloudBeans.class);
    private static final String SPRING_CLOUD = "org.springframework.cloud.";

    /** One thread for all services. */
    private static final Cleaner CLEANER = Cleaner.create(task -> {
        Thread thread = new Thread(task, "remora-calls");
        thread.setDaemon(true);
        return thread;
    });

    private final Environment environment;
    private final ConfigurableListableBeanFactory beans;
    private final ObjectProvider<Remora> remora;

    SpringCloudBeans(Environment environment, ConfigurableListableBeanFactory beans, ObjectProvider<Remora> remora) {
        this.environment = environment;
        this.beans = beans;
        this.remora = remora;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        boolean balancer = bean instanceof RoundRobinLoadBalancer; // the one of a service that asks for no other
        boolean supplier = bean instanceof ServiceInstanceListSupplier;
        if (!balancer && !supplier || !isSpringClouds(bean, beanName)) {
            return bean;
        }
        String service = LoadBalancerClientFactory.getName(environment);
        if (!LoadBalancerEnvironmentPropertyUtils.equalToOrMissingForClientOrDefault(
                environment, "configurations", "default")) {
            LOGGER.atInfo()
                    .addKeyValue("service", service)
                    .addKeyValue("bean", beanName)
                    .log("Spring Cloud's own balancing stays, as spring.cloud.loadbalancer.configurations has it");
            return bean;
        }
        CloudServices services = new CloudServices(remora.getObject());
        return balancer
                ? new RemoraLoadBalancer(
                        service,
                        services,
                        remora.getObject().requests(),
                        (ReactorServiceInstanceLoadBalancer) bean,
                        CLEANER)
                : new RemoraServiceInstanceListSupplier(service, services, (ServiceInstanceListSupplier) bean);
    }

    /** Whether Spring Cloud itself declares the bean. After ahead-of-time processing nobody tells, and its class counts. */
    private boolean isSpringClouds(Object bean, String beanName) {
        MethodMetadata method = beans.containsBeanDefinition(beanName)
                        && beans.getBeanDefinition(beanName) instanceof AnnotatedBeanDefinition definition
                ? definition.getFactoryMethodMetadata()
                : null;
        String declared = method == null ? bean.getClass().getName() : method.getDeclaringClassName();
        return declared.startsWith(SPRING_CLOUD);
    }
}
