package io.remora.kubernetes;

import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.DiscoverySink;
import io.remora.discovery.Interest;
import io.remora.discovery.ServiceId;
import io.remora.discovery.Settlement;
import io.remora.discovery.SourceStatus;
import io.remora.discovery.TransportAddress;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scope {@code all}: the Services of all namespaces, or of some, from the start and for ever. Two watches, and two for each
 * namespace after the first. Owned by the loop's thread; interests and status may be asked for by any.
 */
final class AllServices implements WatchPlan {

    private static final Logger LOGGER = LoggerFactory.getLogger(AllServices.class);

    private final ResourceWatch.Shared shared;
    private final DiscoverySink sink;
    // One for each namespace, or one for all: each is told as a whole when it was listed.
    private final List<NamespaceState> states = new ArrayList<>(); // complete when constructed
    private final List<ResourceWatch<?, ?>> watches = new ArrayList<>(); // complete when constructed
    private final Settlement synced = new Settlement();

    /**
     * @param namespaces none for all of them
     * @param headless whether headless Services have endpoints too
     */
    AllServices(List<String> namespaces, boolean headless, ResourceWatch.Shared shared, DiscoverySink sink) {
        this.shared = shared;
        this.sink = sink;
        WatchFactory factory = new WatchFactory(shared, headless);
        for (String namespace : namespaces.isEmpty() ? List.of("") : namespaces) {
            NamespaceState state = new NamespaceState();
            states.add(state);
            watches.addAll(factory.ofNamespace(namespace, state, () -> flush(state)));
        }
    }

    @Override
    public void start() {
        watches.forEach(ResourceWatch::start);
    }

    private void flush(NamespaceState state) {
        List<DiscoveryEvent> changes = state.changes();
        boolean nowSynced = !synced.isSettled() && states.stream().allMatch(NamespaceState::listed);
        List<DiscoveryEvent> events = changes;
        if (nowSynced) {
            events = new ArrayList<>(changes);
            events.add(new DiscoveryEvent.Synced(true));
        }
        if (!events.isEmpty()) {
            sink.accept(events);
        }
        state.told(changes); // not if the sink threw: then they come again
        if (nowSynced) {
            LOGGER.atInfo().addKeyValue("watches", watches.size()).log("synced with the API server");
            synced.settle();
        }
    }

    /** Settled when all is synced: every Service in scope is watched anyway. */
    @Override
    public Interest interest(TransportAddress address) {
        return synced.interest();
    }

    @Override
    public Interest interest(ServiceId service) {
        return synced.interest();
    }

    @Override
    public SourceStatus status() {
        StatusSum sum = new StatusSum(shared.loop().now());
        watches.forEach(watch -> sum.add(watch.status()));
        return sum.status(synced.isSettled(), shared.transport(), shared.malformed());
    }

    @Override
    public void stop() {
        watches.forEach(ResourceWatch::stop);
    }
}
