package io.remora.spring.grpc;

import io.grpc.ManagedChannelBuilder;
import io.remora.embedded.Remora;
import io.remora.grpc.RemoraLoadBalancerProvider;
import io.remora.grpc.RemoraNameResolverProvider;
import java.util.List;
import java.util.Map;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientDefaultServiceConfigCustomizer;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.core.env.PropertyResolver;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

/**
 * Gives channels to Services the policy {@value RemoraLoadBalancerProvider#POLICY} in the application's own default service
 * config, next to what that has, as retry policies. The resolver's service config would take its place as a whole, so the
 * resolver is told to give none. A policy that the application names stays.
 */
final class KubernetesChannels<T extends ManagedChannelBuilder<T>>
        implements GrpcChannelBuilderCustomizer<T>, GrpcClientDefaultServiceConfigCustomizer {

    private static final String POLICIES = "loadBalancingConfig"; // the field's name in a service config

    private final GrpcClientProperties properties;
    private final PropertyResolver placeholders;
    private final Remora remora;

    /** @param remora of the application, whichever context of the process was started last */
    KubernetesChannels(GrpcClientProperties properties, PropertyResolver placeholders, Remora remora) {
        this.properties = properties;
        this.placeholders = placeholders;
        this.remora = remora;
    }

    @Override
    public void customize(String channel, T builder) {
        if (isOurs(channel)) {
            builder.setNameResolverArg(RemoraNameResolverProvider.SERVICE_CONFIG, false);
            builder.setNameResolverArg(RemoraNameResolverProvider.REMORA, () -> remora);
        }
    }

    @Override
    public void customize(String channel, Map<String, Object> serviceConfig) {
        if (isOurs(channel)) {
            serviceConfig.putIfAbsent(POLICIES, List.of(Map.of(RemoraLoadBalancerProvider.POLICY, Map.of())));
        }
    }

    /** @param channel the name of a channel in the application's properties, or else a target */
    private boolean isOurs(String channel) {
        GrpcClientProperties.Channel named = properties.getChannel().get(channel);
        String target = placeholders.resolvePlaceholders(named == null ? channel : named.getTarget());
        return target.startsWith(RemoraNameResolverProvider.SCHEME + ":")
                || target.startsWith(RemoraNameResolverProvider.LONG_SCHEME + ":");
    }
}
