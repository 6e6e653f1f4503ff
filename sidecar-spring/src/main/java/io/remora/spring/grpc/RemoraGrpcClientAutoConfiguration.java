package io.remora.spring.grpc;

import io.remora.embedded.Remora;
import io.remora.embedded.SharedRemora;
import io.remora.grpc.RemoraNameResolverProvider;
import io.remora.spring.RemoraAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

/**
 * Lets the channels of Spring gRPC have targets {@code k8s:///service:port}, by {@code spring.grpc.client.channel.NAME.target}
 * alone. Switched off with {@code remora.grpc.enabled=false}.
 */
@AutoConfiguration(after = {RemoraAutoConfiguration.class, GrpcClientAutoConfiguration.class})
@ConditionalOnClass({
    GrpcChannelBuilderCustomizer.class,
    GrpcClientAutoConfiguration.class,
    RemoraNameResolverProvider.class
})
@ConditionalOnBean({Remora.class, GrpcClientProperties.class})
@ConditionalOnBooleanProperty(name = "remora.grpc.enabled", matchIfMissing = true)
public final class RemoraGrpcClientAutoConfiguration {

    /** For channels that Spring gRPC does not make: gRPC finds Remora's resolver by itself, which asks for the process's Remora. */
    @Bean(destroyMethod = "close")
    SharedRemora.Installation remoraInstallation(Remora remora) {
        return SharedRemora.install(remora);
    }

    @Bean
    KubernetesChannels<?> remoraKubernetesChannels(
            GrpcClientProperties properties, Environment environment, Remora remora) {
        return new KubernetesChannels<>(properties, environment, remora);
    }
}
