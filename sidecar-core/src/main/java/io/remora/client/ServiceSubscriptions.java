package io.remora.client;

import io.remora.discovery.ServiceId;
import io.remora.registry.RegistryListener;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.ServiceEntry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells whoever wants to know that a Service, or its endpoints, changed. It is a listener of the registry. Thread-safe.
 */
public final class ServiceSubscriptions implements RegistryListener {

    private final Map<ServiceId, List<Runnable>> subscribers = new ConcurrentHashMap<>();
    private boolean synced; // the registry's writer only

    /** A wish to be told. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {

        /** No more is told, but for what is being told. Idempotent. */
        @Override
        void close();
    }

    /**
     * Tells of every change of a Service from now on, and of the moment from which a Service that is not known is not there.
     *
     * @param changed reads the newest snapshot; called by the registry's writer, returns quickly and does not throw
     */
    public Subscription subscribe(ServiceId service, Runnable changed) {
        subscribers.compute(service, (id, all) -> {
            List<Runnable> list = all == null ? new CopyOnWriteArrayList<>() : all;
            list.add(changed);
            return list;
        });
        AtomicBoolean closed = new AtomicBoolean();
        return () -> {
            if (closed.compareAndSet(false, true)) { // the same task may have been given twice
                remove(service, changed);
            }
        };
    }

    private void remove(ServiceId service, Runnable changed) {
        subscribers.computeIfPresent(service, (id, all) -> {
            all.remove(changed);
            return all.isEmpty() ? null : all;
        });
    }

    @Override
    public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
        if (snapshot.synced() && !synced) {
            synced = true;
            subscribers.values().forEach(ServiceSubscriptions::tell);
            return;
        }
        for (ServiceChange change : changes) {
            ServiceEntry known = change.after() == null ? change.before() : change.after();
            List<Runnable> all =
                    known == null ? null : subscribers.get(known.service().id());
            if (all != null) {
                tell(all);
            }
        }
    }

    private static void tell(List<Runnable> all) {
        all.forEach(Runnable::run);
    }

    /** How many Services somebody wants to know about. */
    int size() {
        return subscribers.size();
    }
}
