package io.remora.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.client.RequestBalancer;
import io.remora.embedded.Remora;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** An application as a user writes it, with everything that Spring Boot finds. */
class WholeApplicationTest {

    @Test
    void theActuatorAnswersOverHttp() throws Exception {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(App.class)
                .web(WebApplicationType.SERVLET)
                .run(
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--spring.grpc.server.enabled=false",
                        "--management.endpoints.web.exposure.include=remora,health,metrics",
                        "--management.endpoint.health.show-details=always",
                        "--remora.namespace=shop",
                        "--remora.services.catalog.endpoints=127.0.0.1:9001")) {
            Remora remora = context.getBean(Remora.class);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> remora.registry().snapshot().synced());
            assertThat(context.getBean(RequestBalancer.class)).isSameAs(remora.requests());
            String base =
                    "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + "/actuator/";

            assertThat(get(base + "remora"))
                    .contains("\"name\":\"shop/catalog\"", "\"address\":\"127.0.0.1:9001\"", "\"state\":\"used\"");
            assertThat(get(base + "remora/catalog"))
                    .contains("requests to Service shop/catalog that Remora sees are balanced");
            assertThat(get(base + "remora/shop/catalog")).contains("\"asked\":\"shop/catalog\"");
            assertThat(get(base + "health/remora"))
                    .contains("\"status\":\"UP\"", "\"state\":\"fresh\"", "\"services\":1");
            assertThat(get(base + "metrics/remora.synced")).contains("\"value\":1.0");
        }
    }

    private static String get(String url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(10))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {}
}
