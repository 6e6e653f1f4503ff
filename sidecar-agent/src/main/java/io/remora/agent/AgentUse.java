package io.remora.agent;

import io.remora.agent.ExplainView.UseView;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.DestinationBalancer.BoundEndpoint;
import io.remora.balancer.EndpointState;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.internal.Moments;
import io.remora.registry.Destination;
import io.remora.relay.Refusal;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a running agent has seen: in-flight counts, affinity, the pod's own addresses. */
final class AgentUse implements Explainer.Use {

    /** Set by the kubelet in every container; the init step leaves it alone. */
    private static final String API_SERVER = "KUBERNETES_SERVICE_HOST";

    private final BalancerRegistry balancers;
    private final Refusal refusal;
    private final Supplier<@Nullable String> sourceProblem;
    private final Optional<IpAddress> apiServer;
    private final Moments moments;

    /**
     * @param sourceProblem what keeps the source from being connected; null if nothing does
     */
    AgentUse(
            BalancerRegistry balancers,
            Refusal refusal,
            Supplier<@Nullable String> sourceProblem,
            Map<String, String> environment,
            Moments moments) {
        this.balancers = balancers;
        this.sourceProblem = sourceProblem;
        this.refusal = refusal;
        this.moments = moments;
        this.apiServer = IpAddress.tryParse(environment.getOrDefault(API_SERVER, ""));
    }

    @Override
    public @Nullable String exempt(IpAddress address) {
        return apiServer.filter(address::equals).isPresent()
                ? "it is the API server's own ClusterIP, which is never captured"
                : null;
    }

    @Override
    public @Nullable String sourceProblem() {
        return sourceProblem.get();
    }

    @Override
    public @Nullable UseView of(Destination destination, Endpoint endpoint) {
        DestinationBalancer balancer = balancers.find(destination);
        EndpointState state = balancer == null ? null : balancer.state(endpoint);
        return state == null ? null : new UseView(state.active(), state.picks(), state.failures());
    }

    @Override
    public @Nullable EjectionView ejection(Destination destination, Endpoint endpoint) {
        DestinationBalancer balancer = balancers.find(destination);
        return balancer == null ? null : EjectionView.of(balancer.state(endpoint), moments);
    }

    @Override
    public @Nullable BalancingView balancing(Destination destination) {
        DestinationBalancer balancer = balancers.find(destination);
        return balancer == null ? null : BalancingView.of(balancer);
    }

    @Override
    public @Nullable String bound(Destination destination, IpAddress client) {
        DestinationBalancer balancer = balancers.find(destination);
        BoundEndpoint bound = balancer == null ? null : balancer.boundTo(client);
        return bound == null
                ? null
                : bound.endpoint().hostPort() + " for " + bound.remaining().toSeconds() + " s more";
    }

    @Override
    public Refusal refusal() {
        return refusal;
    }

    /** The pod's own address: the first of the family that is neither loopback nor link-local. */
    @Override
    public @Nullable IpAddress client(IpAddress dialled) {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                    .map((InetAddress address) -> IpAddress.of(address))
                    .filter(ip -> ip.family() == dialled.family())
                    .findFirst()
                    .orElse(null);
        } catch (SocketException e) {
            return null; // the explanation says that it is not known
        }
    }
}
