package io.remora.grpc;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.NameResolver.ConfigOrError;
import io.remora.internal.Ticker;
import java.util.Map;

/**
 * The load balancing policy {@value #POLICY}: every call goes to the endpoint that Remora picks for it. For targets of
 * {@link RemoraNameResolverProvider} only. gRPC finds it by itself. It has no options, since Remora's settings and the
 * Service's annotations say how its endpoints are balanced. Thread-safe.
 */
public final class RemoraLoadBalancerProvider extends LoadBalancerProvider {

    /** Its name in a service config: <code>{"loadBalancingConfig": [{"remora": {}}]}</code>. */
    public static final String POLICY = "remora";

    private static final int PRIORITY = 5; // as grpc-java's own

    /** Called by gRPC. */
    public RemoraLoadBalancerProvider() {}

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public int getPriority() {
        return PRIORITY;
    }

    @Override
    public String getPolicyName() {
        return POLICY;
    }

    /** Fields that a newer version may have are none of this one's business. */
    @Override
    public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> config) {
        return ConfigOrError.fromConfig(POLICY);
    }

    @Override
    public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
        return new RemoraLoadBalancer(helper, Ticker.SYSTEM);
    }
}
