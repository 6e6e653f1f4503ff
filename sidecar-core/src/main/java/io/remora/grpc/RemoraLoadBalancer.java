package io.remora.grpc;

import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.grpc.SynchronizationContext.ScheduledHandle;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointState;
import io.remora.internal.Ticker;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a connection of one channel to each eligible endpoint of a Destination. Runs in the channel's synchronization
 * context.
 */
final class RemoraLoadBalancer extends LoadBalancer {

    private static final long EXPIRE_MILLIS = 5_000;
    private static final long AGAIN_MILLIS = 100;

    private final Helper helper;
    private final Ticker ticker;
    private final Map<EndpointState, EndpointLink> links = new LinkedHashMap<>();
    private final AtomicBoolean willPublish = new AtomicBoolean();
    private @Nullable ResolvedService service;
    private @Nullable DestinationBalancer balancer;
    private @Nullable ScheduledHandle expiry;
    private boolean shutdown;

    RemoraLoadBalancer(Helper helper, Ticker ticker) {
        this.helper = helper;
        this.ticker = ticker;
    }

    @Override
    public Status acceptResolvedAddresses(ResolvedAddresses resolved) {
        ResolvedService newer = resolved.getAttributes().get(ResolvedService.KEY);
        if (newer == null) {
            return fail(Status.UNAVAILABLE.withDescription("the load balancing policy "
                    + RemoraLoadBalancerProvider.POLICY
                    + " is for targets k8s:///service:port; the channel's target is " + helper.getChannelTarget()));
        }
        DestinationBalancer known = newer.balancer();
        if (known == null) {
            return fail(Status.UNAVAILABLE.withDescription("Service " + newer.target() + " is not there any more"));
        }
        service = newer;
        balancer = known;
        update(known);
        return Status.OK;
    }

    private void update(DestinationBalancer known) {
        Map<EndpointState, EndpointLink> gone = new LinkedHashMap<>(links);
        for (EndpointState endpoint : known.candidates().eligible()) {
            if (gone.remove(endpoint) == null) {
                connect(known, endpoint);
            }
        }
        gone.keySet().forEach(links::remove);
        publish(); // before they close, so that no new call goes there
        gone.values().forEach(EndpointLink::close);
        if (expiry == null) {
            expireLater();
        }
    }

    private void connect(DestinationBalancer known, EndpointState endpoint) {
        Subchannel subchannel = helper.createSubchannel(CreateSubchannelArgs.newBuilder()
                .setAddresses(new EquivalentAddressGroup(endpoint.address()))
                .build());
        EndpointLink link = new EndpointLink(known, endpoint, subchannel, this::changed, ticker);
        links.put(endpoint, link);
        link.start();
    }

    private void changed() {
        if (!shutdown) {
            publish();
        }
    }

    private void publish() {
        if (service == null || balancer == null) {
            return;
        }
        boolean connecting = false;
        Status failure = null;
        for (EndpointLink link : links.values()) {
            if (link.isReady()) {
                helper.updateBalancingState(
                        ConnectivityState.READY,
                        new CallPicker(service.requests(), balancer, links, this::publishAgain));
                return;
            }
            Status why = link.failure();
            connecting |= why == null;
            failure = why == null ? failure : why;
        }
        if (connecting) {
            helper.updateBalancingState(ConnectivityState.CONNECTING, new FixedResultPicker(PickResult.withNoResult()));
        } else if (failure != null) {
            publish(CallPicker.ofFailure(balancer, failure));
        } else { // there is no endpoint, and the picker says so
            helper.updateBalancingState(
                    ConnectivityState.TRANSIENT_FAILURE, new CallPicker(service.requests(), balancer, links, () -> {}));
        }
    }

    private void publish(Status failure) {
        helper.updateBalancingState(
                ConnectivityState.TRANSIENT_FAILURE, new FixedResultPicker(PickResult.withError(failure)));
    }

    /** In a moment, and once for all that ask in the meantime; called by any thread. */
    private void publishAgain() {
        if (willPublish.compareAndSet(false, true)) {
            helper.getSynchronizationContext().execute(() -> {
                if (!shutdown) {
                    ScheduledHandle unused = helper.getSynchronizationContext()
                            .schedule(
                                    () -> {
                                        willPublish.set(false);
                                        changed();
                                    },
                                    AGAIN_MILLIS,
                                    TimeUnit.MILLISECONDS,
                                    helper.getScheduledExecutorService());
                }
            });
        }
    }

    private void expireLater() {
        expiry = helper.getSynchronizationContext()
                .schedule(
                        () -> {
                            links.values().forEach(EndpointLink::expire);
                            expireLater();
                        },
                        EXPIRE_MILLIS,
                        TimeUnit.MILLISECONDS,
                        helper.getScheduledExecutorService());
    }

    /** The resolver knows: the Service is gone, or cannot be used. */
    @Override
    public void handleNameResolutionError(Status error) {
        fail(error);
    }

    private Status fail(Status status) {
        service = null;
        balancer = null;
        publish(status);
        closeLinks();
        return status;
    }

    private void closeLinks() {
        links.values().forEach(EndpointLink::close);
        links.clear();
    }

    @Override
    public void requestConnection() {
        links.values().forEach(EndpointLink::requestConnection);
    }

    @Override
    public void shutdown() {
        shutdown = true;
        closeLinks();
        if (expiry != null) {
            expiry.cancel();
        }
    }
}
