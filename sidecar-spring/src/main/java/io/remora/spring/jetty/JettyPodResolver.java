package io.remora.spring.jetty;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.jspecify.annotations.Nullable;

/** Resolves the host of a request that has a {@link PodTag} to that pod, and any other as before. Thread-safe. */
public final class JettyPodResolver implements SocketAddressResolver {

    private final HttpClient client;
    private volatile @Nullable SocketAddressResolver others;

    /** @param others null for what the client would make for itself when it starts */
    public JettyPodResolver(HttpClient client, @Nullable SocketAddressResolver others) {
        this.client = client;
        this.others = others;
    }

    @Override
    public void resolve(String host, int port, Map<String, Object> context, Promise<List<InetSocketAddress>> promise) {
        // A redirect takes the tag along to other hosts.
        if (context.get(Destination.CONTEXT_KEY) instanceof Destination destination
                && destination.getOrigin().getTag() instanceof PodTag tag
                && tag.host().equalsIgnoreCase(host)
                && tag.port() == port) {
            promise.succeeded(List.of(tag.address()));
        } else {
            others().resolve(host, port, context, promise);
        }
    }

    private SocketAddressResolver others() {
        SocketAddressResolver held = others;
        if (held == null) {
            held = new Async(client.getExecutor(), client.getScheduler(), client.getAddressResolutionTimeout());
            others = held;
        }
        return held;
    }
}
