package io.remora.samples.caller;

import io.grpc.Channel;
import io.grpc.stub.ClientCalls;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** The clients, each as Spring Boot makes it, and the load that is made with one of them. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CallOptions.class)
class Calls {

    @Bean
    Load load(CallOptions options, Client client) {
        return new Load(options, client);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "call.client", havingValue = "rest")
    static class Rest {

        /** As many connections as calls may be under way: what is looked at is not the pool. */
        @Bean
        ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> pool(
                CallOptions options) {
            return builder -> builder.withConnectionManagerCustomizer(
                    pool -> pool.setMaxConnPerRoute(options.threads()).setMaxConnTotal(options.threads()));
        }

        @Bean
        Client restClient(RestClient.Builder builder, CallOptions options) {
            RestClient rest = builder.baseUrl(options.target()).build();
            return options.bytes() > 0
                    ? new RestBytes(rest, options.bytes())
                    : () -> CompletableFuture.completedFuture(
                            rest.get().uri("/").retrieve().body(String.class));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "call.client", havingValue = "web")
    static class Web {

        @Bean
        Client webClient(WebClient.Builder builder, CallOptions options) {
            WebClient web = builder.baseUrl(options.target()).build();
            return options.bytes() > 0
                    ? new WebBytes(web, options.bytes())
                    : () -> web.get()
                            .uri("/")
                            .retrieve()
                            .bodyToMono(String.class)
                            .toFuture();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "call.client", havingValue = "grpc")
    static class Grpc {

        @Bean
        Client grpcClient(GrpcChannelFactory channels, CallOptions options) {
            Channel channel = channels.createChannel(options.target());
            io.grpc.CallOptions call = io.grpc.CallOptions.DEFAULT;
            if (options.bytes() > 0) {
                return new GrpcBytes(channel, call, options.bytes());
            }
            return () -> {
                CompletableFuture<String> answer = new CompletableFuture<>();
                ClientCalls.asyncUnaryCall(
                        channel.newCall(
                                Echo.CALL,
                                call.withDeadlineAfter(options.timeout().toMillis(), TimeUnit.MILLISECONDS)),
                        "",
                        new Answer(answer));
                return answer;
            };
        }
    }
}
