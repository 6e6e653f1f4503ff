package io.remora.spring.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.Endpoint;
import io.remora.discovery.Endpoint.TargetRef;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClients;
import org.springframework.context.ApplicationListener;

@Timeout(60)
class DiscoveryClientTest {

    private static final Endpoint POD = new Endpoint(
            IpAddress.parse("10.244.0.5"),
            8080,
            EndpointConditions.READY,
            "zone-a",
            "node1",
            Set.of(),
            Set.of(),
            new TargetRef("Pod", "shop", "catalog-1", "uid-1"));
    private static final Endpoint SIX = Endpoint.ready(IpAddress.parse("fd00::5"), 8080);

    @Test
    void instancesAreTheEndpointsThatWouldBeUsed() {
        new Shop(List.of(POD)).application().run(context -> {
            Shop.balancer(context, Shop.CATALOG);
            ServiceInstance instance = context.getBean(CompositeDiscoveryClient.class)
                    .getInstances("catalog")
                    .get(0);

            assertThat(instance.getServiceId()).isEqualTo("catalog");
            assertThat(instance.getInstanceId()).isEqualTo("uid-1");
            assertThat(instance.getUri()).hasToString("http://10.244.0.5:8080");
            assertThat(instance.isSecure()).isFalse();
            assertThat(instance.getMetadata())
                    .isEqualTo(Map.of("zone", "zone-a", "node", "node1", "pod", "catalog-1", "k8s_namespace", "shop"));
            assertThat(context.getBean(RemoraReactiveDiscoveryClient.class)
                            .getInstances("catalog.shop.svc")
                            .collectList()
                            .block())
                    .extracting(ServiceInstance::getPort)
                    .containsExactly(8080);
        });
    }

    @Test
    void servicesAreNamedAsHostsAre() {
        Shop shop = new Shop(List.of(POD));
        shop.application().run(context -> {
            shop.update(
                    context, Shop.service(new ServiceId("depot", "stock"), List.of(SIX), ServicePort.tcp("", 8443)));
            DiscoveryClient client = context.getBean(RemoraDiscoveryClient.class);

            assertThat(client.getServices()).containsExactlyInAnyOrder("catalog", "stock.depot");
            assertThat(context.getBean(RemoraReactiveDiscoveryClient.class)
                            .getServices()
                            .collectList()
                            .block())
                    .isEqualTo(client.getServices());
            assertThat(client.getInstances("nothing")).isEmpty();
            assertThat(client.getInstances("not a name")).isEmpty();
        });
    }

    @Test
    void anIpv6AddressStandsInBrackets() {
        PodInstance instance = new PodInstance("stock", new PortChoice(ServicePort.tcp("https", 443), true), SIX);

        assertThat(instance.getHost()).isEqualTo("[fd00::5]");
        assertThat(instance.getUri()).hasToString("https://[fd00::5]:8080");
        assertThat(instance.getInstanceId()).isEqualTo("[fd00::5]:8080");
        assertThat(instance.getMetadata()).isEmpty();
    }

    @Test
    void theApplicationHearsOfOtherServices() {
        List<HeartbeatEvent> heard = new CopyOnWriteArrayList<>();
        Shop shop = new Shop(List.of(POD));
        shop.application()
                .withBean("hears", ApplicationListener.class, () -> (ApplicationListener<HeartbeatEvent>) heard::add)
                .run(context -> {
                    Awaitility.await().until(() -> heard.size() == 1);

                    shop.update(
                            context,
                            Shop.service(new ServiceId("shop", "stock"), List.of(POD), ServicePort.tcp("", 80)));

                    Awaitility.await().until(() -> heard.size() == 2);
                    assertThat(heard.get(1).getValue())
                            .isNotEqualTo(heard.get(0).getValue());
                });
    }

    @Test
    void thereAreNoneWhereDiscoveryIsSwitchedOff() {
        new Shop(List.of(POD))
                .application()
                .withPropertyValues("spring.cloud.discovery.enabled=false")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(RemoraDiscoveryClient.class)
                        .doesNotHaveBean(ServiceHeartbeat.class)
                        .doesNotHaveBean(CallLifecycle.class));
        new Shop(List.of(POD))
                .application()
                .withPropertyValues("spring.cloud.discovery.blocking.enabled=false")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(RemoraDiscoveryClient.class)
                        .hasSingleBean(RemoraReactiveDiscoveryClient.class));
    }

    @Test
    void nothingOfItNeedsSpringCloud() {
        new Shop(List.of(POD))
                .application()
                .withClassLoader(new FilteredClassLoader(
                        DiscoveryClient.class, ReactiveDiscoveryClient.class, LoadBalancerClients.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(RemoraDiscoveryClientAutoConfiguration.class)
                        .doesNotHaveBean(RemoraLoadBalancerAutoConfiguration.class));
    }
}
