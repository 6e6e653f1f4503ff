package io.remora.balancer;

import io.remora.registry.Destination;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The health of the endpoints of one Destination: which of the eligible ones may be picked. Every method but
 * {@link #gate()} is called under the lock of the Destination ({@link Host}), by one thread at a time.
 */
public interface DestinationHealth {

    /** Everything is healthy. */
    DestinationHealth NONE = new DestinationHealth() {};

    /** There is a new version of the Destination. Called before its endpoints are added, and at the beginning. */
    default void updated(Destination destination) {}

    /** A new endpoint. Called once, before it is picked. */
    default EndpointHealth added(EndpointState endpoint) {
        return EndpointHealth.ALWAYS_HEALTHY;
    }

    /** The Destination has the endpoint no more. Picks of it may still end. It may be added again later. */
    default void removed(EndpointState endpoint) {}

    /** Chooses among the eligible endpoints. Called after each change of them and of their health. */
    default Candidates select(List<EndpointState> eligible) {
        return Candidates.all(eligible);
    }

    /** Lets connections in. Called by any thread, without the lock, for every connection. */
    default DestinationGate gate() {
        return DestinationGate.OPEN;
    }

    /** The Destination is gone. It may come back: {@link #updated} is called then. */
    default void closed() {}

    /** What it may ask of the Destination that it was made for. */
    interface Host {

        /**
         * Runs a change of the health of this Destination under its lock, then {@linkplain #select selects} anew if the
         * change says that there is a difference. May be called by any thread that does not hold the lock of another
         * Destination.
         */
        void change(BooleanSupplier change);
    }

    /** Makes the health of each Destination. Thread-safe. */
    @FunctionalInterface
    interface Factory {

        /** Everything is healthy, everywhere. */
        Factory NONE = (destination, host) -> DestinationHealth.NONE;

        /** Makes the health of one Destination. */
        DestinationHealth create(Destination destination, Host host);
    }
}
