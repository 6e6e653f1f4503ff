package io.remora.spring.cloud;

import io.remora.discovery.Endpoint;
import io.remora.discovery.IpFamily;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

/**
 * An endpoint of a Service as Spring Cloud sees it. Its metadata are {@code zone}, {@code node}, {@code pod} and
 * {@code k8s_namespace}, as far as they are known. Immutable but for the call that it was chosen for.
 */
final class PodInstance implements ServiceInstance {

    private final String serviceId;
    private final boolean secure;
    private final Endpoint endpoint;
    private final @Nullable ChosenCall call;

    PodInstance(String serviceId, PortChoice port, Endpoint endpoint) {
        this(serviceId, port, endpoint, null);
    }

    /** @param call the one that it was chosen for, which is told of its end */
    PodInstance(String serviceId, PortChoice port, Endpoint endpoint, @Nullable ChosenCall call) {
        this.serviceId = serviceId;
        this.secure = port.secure();
        this.endpoint = endpoint;
        this.call = call;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    @Nullable
    ChosenCall call() {
        return call;
    }

    @Override
    public String getInstanceId() {
        Endpoint.TargetRef target = endpoint.target();
        return target == null ? endpoint.hostPort() : target.uid();
    }

    @Override
    public String getServiceId() {
        return serviceId;
    }

    /** As it stands in a URL: an IPv6 address has brackets. */
    @Override
    public String getHost() {
        String ip = endpoint.ip().toString();
        return endpoint.ip().family() == IpFamily.IPV6 ? "[" + ip + "]" : ip;
    }

    @Override
    public int getPort() {
        return endpoint.port();
    }

    @Override
    public boolean isSecure() {
        return secure;
    }

    @Override
    public URI getUri() {
        return ServiceInstance.createUri(this);
    }

    @Override
    public String getScheme() {
        return secure ? "https" : "http";
    }

    @Override
    public Map<String, String> getMetadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        put(metadata, "zone", endpoint.zone());
        put(metadata, "node", endpoint.node());
        Endpoint.TargetRef target = endpoint.target();
        put(metadata, "pod", target == null ? null : target.name());
        put(metadata, "k8s_namespace", target == null ? null : target.namespace());
        return metadata;
    }

    private static void put(Map<String, String> metadata, String key, @Nullable String value) {
        if (value != null) {
            metadata.put(key, value);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PodInstance instance
                && serviceId.equals(instance.serviceId)
                && secure == instance.secure
                && endpoint.isSame(instance.endpoint);
    }

    @Override
    public int hashCode() {
        return 31 * serviceId.hashCode() + endpoint.hostPort().hashCode();
    }

    @Override
    public String toString() {
        return serviceId + " at " + endpoint.hostPort();
    }
}
