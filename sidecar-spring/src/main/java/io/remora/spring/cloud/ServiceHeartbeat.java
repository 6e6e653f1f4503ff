package io.remora.spring.cloud;

import io.remora.internal.Scheduler;
import io.remora.registry.RegistryListener;
import io.remora.registry.RegistrySnapshot;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * Tells the application, as Spring Cloud's discovery clients do, that there are other Services than before: a gateway that
 * makes its routes from them makes them anew. Told once for all that changes within a second, and not before the application
 * runs: an event makes the beans that listen to it, which is not for another thread to do meanwhile. Thread-safe.
 */
final class ServiceHeartbeat implements RegistryListener, SmartLifecycle {

    static final Duration DELAY = Duration.ofSeconds(1);

    private final ApplicationEventPublisher events;
    private final Scheduler scheduler;
    private final AtomicBoolean changed = new AtomicBoolean();
    private final AtomicBoolean due = new AtomicBoolean();
    private volatile long version;
    private volatile boolean running;

    ServiceHeartbeat(ApplicationEventPublisher events, Scheduler scheduler) {
        this.events = events;
        this.scheduler = scheduler;
    }

    @Override
    public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
        boolean other = changes.stream().anyMatch(change -> change.before() == null || change.after() == null);
        if (other) {
            version = snapshot.version();
            changed.set(true);
            publishSoon();
        }
    }

    @Override
    public void start() {
        running = true;
        publishSoon();
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void publishSoon() {
        if (running && changed.get() && due.compareAndSet(false, true)) {
            scheduler.schedule(this::publish, DELAY.toNanos());
        }
    }

    private void publish() {
        due.set(false);
        if (running && changed.compareAndSet(true, false)) {
            events.publishEvent(new HeartbeatEvent(this, version));
        }
    }
}
