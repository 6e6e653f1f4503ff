package io.remora.spring.webclient;

import io.remora.client.RequestBalancer;
import java.util.function.Consumer;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.web.reactive.function.client.WebClient;

/** An application with Spring Boot's reactive clients in a {@link Shop}. */
final class Application {

    static final AutoConfigurations CLIENTS = AutoConfigurations.of(
            SslAutoConfiguration.class,
            HttpClientAutoConfiguration.class,
            ReactiveHttpClientAutoConfiguration.class,
            WebClientAutoConfiguration.class,
            HttpServiceClientPropertiesAutoConfiguration.class,
            ReactiveHttpServiceClientAutoConfiguration.class,
            RemoraWebClientAutoConfiguration.class);

    private Application() {}

    static ApplicationContextRunner in(Shop shop) {
        return new ApplicationContextRunner()
                .withConfiguration(CLIENTS)
                .withBean(RequestBalancer.class, shop::requests);
    }

    static void run(Shop shop, Consumer<WebClient> work, String... properties) {
        in(shop).withPropertyValues(properties)
                .run(context ->
                        work.accept(context.getBean(WebClient.Builder.class).build()));
    }
}
