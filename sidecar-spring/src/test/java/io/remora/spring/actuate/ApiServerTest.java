package io.remora.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.client.RequestAttempt;
import io.remora.client.RequestBalancer;
import io.remora.lab.api.ControlPlane;
import io.remora.lab.api.ControlPlaneSite;
import io.remora.spring.RemoraAutoConfiguration;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/**
 * An application and an API server in another process: kube-apiserver where {@code KUBEBUILDER_ASSETS} names the folder of
 * its programs.
 */
class ApiServerTest {

    @SuppressWarnings("NullAway.Init") // by launch()
    private static ControlPlane api;

    @BeforeAll
    static void launch() {
        api = ControlPlane.launch(ControlPlaneSite.local());
        for (String namespace : new String[] {"shop", "other"}) {
            create(namespace);
        }
    }

    @AfterAll
    static void close() {
        api.close();
    }

    @Test
    void itFollowsItsOwnNamespaceAndGoesOnWhileTheApiServerIsAway() {
        runner().run(context -> {
            await(() -> status(context).equals(Status.UP));
            assertThat(endpoint(context)).isEqualTo("10.1.2.3:9001");
            RemoraEndpoint shown = context.getBean(RemoraEndpoint.class);
            assertThat(shown.services().services())
                    .extracting(RemoraView.ServiceView::name)
                    .containsExactly("shop/catalog");
            assertThat(shown.service("catalog.other").decision()).contains("no Service other/catalog is known");

            api.admin().resource(slice("shop", 9002)).update();
            await(() -> endpoint(context).equals("10.1.2.3:9002"));

            api.stop();
            try {
                await(() -> shown.services().source().state().equals("stale"));
                assertThat(status(context)).isEqualTo(Status.UP);
                assertThat(shown.services().source().problem()).isNotNull();
                assertThat(endpoint(context)).isEqualTo("10.1.2.3:9002");
            } finally {
                api.start();
            }
            await(() -> shown.services().source().state().equals("fresh"));
        });
    }

    @Test
    void itStartsWhileTheApiServerIsAwayAndCatchesUp() {
        api.stop();
        boolean[] away = {true};
        try {
            runner().run(context -> {
                assertThat(context).hasNotFailed();
                assertThat(status(context)).isEqualTo(Status.UNKNOWN);
                api.start();
                away[0] = false;
                await(() -> status(context).equals(Status.UP));
                assertThat(endpoint(context)).startsWith("10.1.2.3:900");
            });
        } finally {
            if (away[0]) {
                api.start();
            }
        }
    }

    private static ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        RemoraAutoConfiguration.class,
                        RemoraHealthAutoConfiguration.class,
                        RemoraEndpointAutoConfiguration.class))
                .withPropertyValues(
                        "management.endpoints.web.exposure.include=remora",
                        "remora.enabled=true",
                        "remora.namespace=shop",
                        "remora.kubernetes.first-backoff=50ms",
                        "remora.kubernetes.max-backoff=100ms",
                        "remora.kubernetes.kubeconfig=" + api.localKubeconfig());
    }

    private static void create(String namespace) {
        KubernetesClient admin = api.admin();
        admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        admin.resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName("catalog")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewSpec()
                        .addNewPort()
                        .withName("http")
                        .withPort(80)
                        .endPort()
                        .endSpec()
                        .build())
                .create();
        admin.resource(slice(namespace, 9001)).create();
    }

    private static EndpointSlice slice(String namespace, int port) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withName("catalog-1")
                .withNamespace(namespace)
                .addToLabels("kubernetes.io/service-name", "catalog")
                .endMetadata()
                .withAddressType("IPv4")
                .addNewPort()
                .withName("http")
                .withPort(port)
                .withProtocol("TCP")
                .endPort()
                .addNewEndpoint()
                .withAddresses("10.1.2.3")
                .withNewConditions()
                .withReady(true)
                .endConditions()
                .endEndpoint()
                .build();
    }

    /** Makes a request, but for sending it. */
    private static String endpoint(ApplicationContext context) throws Exception {
        RequestBalancer requests = context.getBean(RequestBalancer.class);
        DestinationBalancer found = requests.lookUp("catalog", 80)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .orElseThrow();
        RequestAttempt attempt = requests.begin(found, header -> null);
        attempt.end(Outcome.CANCELLED);
        return attempt.endpoint().toString();
    }

    private static Status status(ApplicationContext context) {
        return context.getBean(RemoraHealthIndicator.class).health().getStatus();
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
    }
}
