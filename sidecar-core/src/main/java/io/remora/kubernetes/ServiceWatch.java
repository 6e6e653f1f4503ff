package io.remora.kubernetes;

import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.DiscoverySink;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServiceSpec;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One Service that is watched with its EndpointSlices, and who asked for it. Owned by the loop's thread. */
final class ServiceWatch implements ResourceWatch.Owner, OnDemandInterest.Place {

    private static final int FORBIDDEN = 403;

    private final ServiceId id;
    private final boolean warm;
    private final DiscoverySink sink;
    private final Owner owner;
    private final NamespaceState state = new NamespaceState();
    private final List<ResourceWatch<?, ?>> watches;
    private final Set<OnDemandInterest> interests = new LinkedHashSet<>();
    private boolean settled;
    private boolean forbidden;
    private long usedAt;

    /** Told how it goes. */
    interface Owner {

        /** All that can be found out has been told. Once. */
        void settled(ServiceWatch watch);

        /** Something changed, after which it may be of no use any more. */
        void changed(ServiceWatch watch);
    }

    /**
     * @param warm to be watched for ever
     * @param now when it begins
     */
    ServiceWatch(ServiceId id, boolean warm, long now, WatchFactory factory, DiscoverySink sink, Owner owner) {
        this.id = id;
        this.warm = warm;
        this.usedAt = now;
        this.sink = sink;
        this.owner = owner;
        this.watches = factory.ofService(id, state, this);
    }

    ServiceId id() {
        return id;
    }

    boolean isWarm() {
        return warm;
    }

    /** Whether all that can be found out has been told. */
    boolean isSettled() {
        return settled;
    }

    /** Whether it may not be read. */
    boolean isForbidden() {
        return forbidden;
    }

    /** Whether the Service is there and has that address. */
    boolean has(IpAddress ip) {
        ServiceSpec spec = state.spec(id);
        return spec != null && spec.clusterIps().contains(ip);
    }

    void start() {
        watches.forEach(ResourceWatch::start);
    }

    void add(OnDemandInterest interest, long now) {
        usedAt = now;
        interests.add(interest);
        if (settled) {
            interest.settle();
        }
        interest.moveTo(this);
    }

    @Override
    public void leave(OnDemandInterest interest) {
        interests.remove(interest);
        owner.changed(this);
    }

    @Override
    public void flush() {
        List<DiscoveryEvent> changes = state.changes();
        if (!changes.isEmpty()) {
            sink.accept(changes);
        }
        state.told(changes); // not if the sink threw: then they come again
        if (state.listed()) {
            forbidden = false;
            settle();
            owner.changed(this);
        }
    }

    /** Who waits for what may not be read would wait for ever. What was read before stays in use. */
    @Override
    public void refused(int code) {
        if (code == FORBIDDEN && !state.listed()) {
            forbidden = true;
            settle();
            owner.changed(this);
        }
    }

    private void settle() {
        if (!settled) {
            settled = true;
            owner.settled(this);
            List.copyOf(interests).forEach(OnDemandInterest::settle);
        }
    }

    /** Whether there is nothing to watch: no such Service, or it may not be read, and nobody asks for it. */
    boolean isPointless() {
        return settled && !warm && interests.isEmpty() && (forbidden || state.spec(id) == null);
    }

    /**
     * Whether nobody has used it for some time. An affinity that is still in force counts as use.
     *
     * @param idle the least such time
     */
    boolean isIdle(Duration idle, long now) {
        if (warm || !interests.isEmpty() || sink.wasUsed(id)) {
            usedAt = now;
            return false;
        }
        ServiceSpec spec = state.spec(id);
        @Nullable Duration affinity = spec == null ? null : spec.affinityTimeout();
        Duration allowed = affinity == null || affinity.compareTo(idle) < 0 ? idle : affinity;
        return now - usedAt >= allowed.toNanos();
    }

    /** Stops; a Service that was told is told to be gone. */
    void drop() {
        stop();
        if (state.isTold(id)) {
            sink.accept(List.of(new DiscoveryEvent.Removed(id)));
        }
    }

    void stop() {
        watches.forEach(ResourceWatch::stop);
    }

    /** Hands over how each of its watches is doing. Any thread. */
    void forEachStatus(Consumer<WatchStatus> action) {
        watches.forEach(watch -> action.accept(watch.status()));
    }
}
