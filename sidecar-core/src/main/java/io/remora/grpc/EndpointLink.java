package io.remora.grpc;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.Status;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointState;
import io.remora.client.RequestAttempt;
import io.remora.internal.Ticker;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one channel to one endpoint, made again by gRPC's own back-off whenever it is lost, and what was picked
 * for it and has not begun. Changed in the channel's synchronization context; {@link #isReady}, {@link #failure} and
 * {@link #lend} are thread-safe.
 */
final class EndpointLink implements SubchannelStateListener {

    /**
     * What has not begun for so long never will, unless the endpoint allows too few streams at once: it is not counted any
     * more.
     */
    static final Duration MOST_UNBEGUN = Duration.ofSeconds(15);

    private final DestinationBalancer balancer;
    private final EndpointState endpoint;
    private final Subchannel subchannel;
    private final Runnable changed;
    private final Ticker ticker;
    private final Set<CallAttempt> unbegun = ConcurrentHashMap.newKeySet();
    private volatile boolean ready;
    private volatile boolean closed;
    private volatile @Nullable Status failure; // from the first failed connect until there is a connection

    /** @param changed told when it can be used, or cannot any more */
    EndpointLink(
            DestinationBalancer balancer,
            EndpointState endpoint,
            Subchannel subchannel,
            Runnable changed,
            Ticker ticker) {
        this.balancer = balancer;
        this.endpoint = endpoint;
        this.subchannel = subchannel;
        this.changed = changed;
        this.ticker = ticker;
    }

    /** Connects. */
    void start() {
        subchannel.start(this);
        subchannel.requestConnection();
    }

    /** Connects at once, if it waits to do so. */
    void requestConnection() {
        subchannel.requestConnection();
    }

    @Override
    public void onSubchannelState(ConnectivityStateInfo info) {
        if (closed) {
            return;
        }
        ConnectivityState state = info.getState();
        if (state == ConnectivityState.READY) {
            failure = null;
            ready = true;
        } else {
            lost();
            if (state == ConnectivityState.TRANSIENT_FAILURE) {
                failure = info.getStatus();
                balancer.pick(endpoint).complete(CallOutcome.ofConnect(info.getStatus()));
            } else if (state == ConnectivityState.IDLE) {
                subchannel.requestConnection();
            }
        }
        changed.run();
    }

    /** In this order: a thread that has chosen sees that it is not ready, or what it chose is seen here. */
    private void lost() {
        ready = false;
        unbegun.forEach(CallAttempt::giveUpUnclaimed);
    }

    /** Whether a call could be sent now. */
    boolean isReady() {
        return ready;
    }

    /** Why the last connect failed; null while there is a connection, or one may still come. */
    @Nullable
    Status failure() {
        return failure;
    }

    /** Whether it was closed from this side. */
    boolean isClosed() {
        return closed;
    }

    /** Returns where gRPC sends a call for which the endpoint was picked; to wait, if the connection was lost just now. */
    PickResult lend(RequestAttempt attempt) {
        CallAttempt call = new CallAttempt(this, attempt, ticker);
        unbegun.add(call);
        if (!ready) {
            call.giveUpUnclaimed();
            return PickResult.withNoResult(); // a newer picker is on its way
        }
        return PickResult.withSubchannel(subchannel, call);
    }

    /** The end of a call is told from here on, or was told. */
    void begun(CallAttempt call) {
        unbegun.remove(call);
    }

    /** Gives up what gRPC seems to have forgotten. */
    void expire() {
        long now = ticker.read();
        for (CallAttempt call : unbegun) {
            if (call.ageNanos(now) > MOST_UNBEGUN.toNanos()) {
                call.giveUpUnbegun();
            }
        }
    }

    /** No more calls; those that have begun go on. */
    void close() {
        closed = true;
        ready = false;
        unbegun.forEach(CallAttempt::giveUpUnbegun);
        subchannel.shutdown();
    }

    /** How many calls were picked and have not begun. */
    int unbegunCount() {
        return unbegun.size();
    }
}
