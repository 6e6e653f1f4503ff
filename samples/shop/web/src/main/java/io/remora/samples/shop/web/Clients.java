package io.remora.samples.shop.web;

import io.remora.samples.shop.api.CatalogGrpc;
import io.remora.samples.shop.api.CatalogGrpc.CatalogBlockingStub;
import org.apache.hc.client5.http.impl.DefaultClientConnectionReuseStrategy;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.web.client.RestClient;

/** The clients, as Spring Boot makes them. */
@Configuration(proxyBeanMethods = false)
class Clients {
    /** More than the load has under way, so that no request waits for a connection. */
    private static final int CONNECTIONS = 200;

    @Bean
    CatalogBlockingStub catalog(GrpcChannelFactory channels) {
        return CatalogGrpc.newBlockingStub(channels.createChannel("catalog"));
    }

    /** Nothing is tried twice here: what the shop survives, it survives by Remora. */
    @Bean
    ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> connections(
            ShopSettings settings) {
        return builder -> builder.withConnectionManagerCustomizer(
                        pool -> pool.setMaxConnPerRoute(CONNECTIONS).setMaxConnTotal(2 * CONNECTIONS))
                .withHttpClientCustomizer(client -> client.disableAutomaticRetries()
                        .setConnectionReuseStrategy(
                                settings.keepAlive()
                                        ? DefaultClientConnectionReuseStrategy.INSTANCE
                                        : (request, response, context) -> false));
    }

    @Bean
    RestClient http(RestClient.Builder builder) {
        return builder.build();
    }
}
