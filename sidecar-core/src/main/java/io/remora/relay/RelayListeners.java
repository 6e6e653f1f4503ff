package io.remora.relay;

import io.remora.balancer.Outcome;
import io.remora.registry.DestinationId;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Tells several, whatever the others do. Thread-safe if they are. */
public final class RelayListeners implements RelayListener {

    private final List<RelayListener> listeners;

    private RelayListeners(List<RelayListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    /** Returns what tells all of them, in order. */
    public static RelayListener of(List<RelayListener> listeners) {
        return switch (listeners.size()) {
            case 0 -> NONE;
            case 1 -> listeners.get(0);
            default -> new RelayListeners(listeners);
        };
    }

    /** Keeps what each of them throws from the others, and from the relay. */
    RelayListener guarded(UnaryOperator<RelayListener> guard) {
        return new RelayListeners(listeners.stream().map(guard).toList());
    }

    @Override
    public void accepted() {
        listeners.forEach(RelayListener::accepted);
    }

    @Override
    public void held() {
        listeners.forEach(RelayListener::held);
    }

    @Override
    public Traffic opened(@Nullable DestinationId destination) {
        List<Traffic> all = listeners.stream()
                .map(each -> each.opened(destination))
                .filter(traffic -> traffic != Traffic.NONE)
                .toList();
        return all.isEmpty() ? Traffic.NONE : all.size() == 1 ? all.get(0) : new All(all);
    }

    @Override
    public void retried(@Nullable DestinationId destination) {
        listeners.forEach(each -> each.retried(destination));
    }

    @Override
    public void connectAttempt(@Nullable DestinationId destination, Outcome outcome, long nanos) {
        listeners.forEach(each -> each.connectAttempt(destination, outcome, nanos));
    }

    @Override
    public void closed(@Nullable DestinationId destination, CloseReason reason, long sent, long received, long nanos) {
        listeners.forEach(each -> each.closed(destination, reason, sent, received, nanos));
    }

    @Override
    public void acceptPaused() {
        listeners.forEach(RelayListener::acceptPaused);
    }

    @Override
    public void acceptResumed() {
        listeners.forEach(RelayListener::acceptResumed);
    }

    private record All(List<Traffic> listeners) implements Traffic {

        @Override
        public void sent(long bytes) {
            listeners.forEach(each -> each.sent(bytes));
        }

        @Override
        public void received(long bytes) {
            listeners.forEach(each -> each.received(bytes));
        }
    }
}
