package io.remora.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.remora.balancer.EndpointHealth;
import io.remora.registry.Eligibility;
import io.remora.relay.RelayListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The series of one Service. They show from its first connection on, since a pod uses few of a cluster's Services, and
 * until the Service goes; connections that outlive it are counted unseen. Counting is lock-free. Thread-safe.
 */
final class ServiceMeters implements RelayListener.Traffic {

    private static final long RETIRED = Long.MIN_VALUE;

    private final Supplier<@Nullable MeterRegistry> registry; // null as long as nothing is to be shown
    private final List<Tag> service;
    private final @Nullable ServiceGauges gauges; // null where there are no endpoints

    private final LongAdder opened = new LongAdder();
    private final AtomicLong active = new AtomicLong(); // RETIRED for ever once it is
    private final LongAdder toUpstream = new LongAdder();
    private final LongAdder toDownstream = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final ByLabel closed = new ByLabel(Meters.CONNECTIONS_CLOSED, Meters.TAG_REASON);
    private final ByLabel attempts = new ByLabel(Meters.CONNECT_ATTEMPTS, Meters.TAG_OUTCOME);
    private final ByLabel picks = new ByLabel(Meters.PICKS, Meters.TAG_OUTCOME);
    private final ByLabel ejections = new ByLabel(Meters.EJECTIONS, Meters.TAG_RULE);
    private final LongAdder overflows = new LongAdder();

    private final List<Meter> registered = new ArrayList<>(); // guarded by this
    private volatile boolean gone; // written under this
    private volatile boolean shown; // written under this

    private ServiceMeters(
            Supplier<@Nullable MeterRegistry> registry, String namespace, String name, @Nullable ServiceGauges gauges) {
        this.registry = registry;
        this.service = List.of(Tag.of(Meters.TAG_NAMESPACE, namespace), Tag.of(Meters.TAG_SERVICE, name));
        this.gauges = gauges;
    }

    /** The series of a Service; of its connections alone, if there are no gauges. */
    static ServiceMeters of(
            Supplier<@Nullable MeterRegistry> registry, String namespace, String name, @Nullable ServiceGauges gauges) {
        return new ServiceMeters(registry, namespace, name, gauges);
    }

    /** The series of connections that go to no Service, under a name that no Service can have. */
    static ServiceMeters ofPassThrough(Supplier<@Nullable MeterRegistry> registry) {
        return new ServiceMeters(registry, "-", "-", null);
    }

    /** Counts a connection that is opened; false, and not counted, if these are {@linkplain #retire() retired}. */
    boolean opened() {
        if (!entered()) {
            return false;
        }
        opened.increment();
        return true;
    }

    /** One connection more is open; false, and not counted, if these are {@linkplain #retire() retired}. */
    boolean entered() {
        if (active.getAndUpdate(count -> count == RETIRED ? RETIRED : count + 1) == RETIRED) {
            return false;
        }
        if (!shown) {
            show();
        }
        return true;
    }

    /** One connection less is open: it ended, or belongs elsewhere. */
    void left() {
        active.decrementAndGet();
    }

    void closed(String reason) {
        left();
        closed.increment(reason);
    }

    void attempted(String outcome) {
        attempts.increment(outcome);
    }

    void picked(String outcome) {
        picks.increment(outcome);
    }

    void ejected(String rule) {
        ejections.increment(rule);
    }

    void overflowed() {
        overflows.increment();
    }

    void retried() {
        retries.increment();
    }

    @Override
    public void sent(long bytes) {
        toUpstream.add(bytes);
    }

    @Override
    public void received(long bytes) {
        toDownstream.add(bytes);
    }

    /** The Service went: its series go too. */
    synchronized void goAway() {
        gone = true;
        shown = false;
        MeterRegistry meters = registry.get();
        if (meters != null) {
            registered.forEach(meters::remove);
        }
        registered.clear();
    }

    /** The Service is there, maybe again. */
    synchronized void appear() {
        gone = false;
        if (active.get() > 0) {
            show();
        }
    }

    /** Whether its Service went and no connection remembers it. */
    boolean isOver() {
        return gone && active.get() == 0;
    }

    /** Takes no connection from now on if these are {@linkplain #isOver() over}; else nothing changes. */
    synchronized boolean retire() {
        return gone && active.compareAndSet(0, RETIRED);
    }

    /** Shows what had a connection before there was a place to show it in. */
    void showIfUsed() {
        if (active.get() > 0 || opened.sum() > 0) {
            show();
        }
    }

    private synchronized void show() {
        if (shown || gone || registry.get() == null) {
            return;
        }
        shown = true;
        count(Meters.CONNECTIONS_OPENED, opened, List.of());
        gauge(Meters.CONNECTIONS_ACTIVE, active, ServiceMeters::count, List.of());
        count(Meters.RELAYED_BYTES, toUpstream, List.of(Tag.of(Meters.TAG_DIRECTION, "upstream")));
        count(Meters.RELAYED_BYTES, toDownstream, List.of(Tag.of(Meters.TAG_DIRECTION, "downstream")));
        count(Meters.CONNECT_RETRIES, retries, List.of());
        if (gauges != null) {
            show(gauges);
        }
        closed.show();
        attempts.show();
        picks.show();
    }

    private void show(ServiceGauges readable) {
        for (Eligibility state : Eligibility.values()) {
            String label = state.name().toLowerCase(Locale.ROOT);
            gauge(Meters.ENDPOINTS, state, readable::endpoints, List.of(Tag.of(Meters.TAG_STATE, label)));
        }
        gauge(Meters.ENDPOINTS_EJECTED, EndpointHealth.State.EJECTED, readable::endpoints, List.of());
        gauge(Meters.ENDPOINTS_ON_TRIAL, EndpointHealth.State.TRIAL, readable::endpoints, List.of());
        gauge(Meters.PANIC, readable, ServiceGauges::panicking, List.of());
        gauge(Meters.CONNECTIONS_PENDING, readable, ServiceGauges::pending, List.of());
        count(Meters.RETRIES_EXHAUSTED, readable, ServiceGauges::retriesExhausted, List.of());
        count(Meters.EJECTIONS_OVERFLOW, overflows, List.of());
        ejections.show();
    }

    private static long count(AtomicLong active) {
        long count = active.get();
        return count == RETIRED ? 0 : count; // a scrape may have begun before the series went
    }

    private void count(Meters meter, LongAdder adder, List<Tag> more) {
        count(meter, adder, LongAdder::sum, more);
    }

    private <T> void count(Meters meter, T state, ToDoubleFunction<T> value, List<Tag> more) {
        MeterRegistry meters = Objects.requireNonNull(registry.get());
        registered.add(FunctionCounter.builder(meter.meterName(), state, value)
                .tags(service)
                .tags(more)
                .baseUnit(meter.baseUnit())
                .description(meter.help())
                .register(meters));
    }

    private <T> void gauge(Meters meter, T state, ToDoubleFunction<T> value, List<Tag> more) {
        MeterRegistry meters = Objects.requireNonNull(registry.get());
        registered.add(Gauge.builder(meter.meterName(), state, value)
                .tags(service)
                .tags(more)
                .description(meter.help())
                .strongReference(true)
                .register(meters));
    }

    /** A counter with one more tag, whose series appear with the first event. */
    private final class ByLabel {

        private final Meters meter;
        private final String tag;
        private final Map<String, LongAdder> adders = new ConcurrentHashMap<>();

        ByLabel(Meters meter, String tag) {
            this.meter = meter;
            this.tag = tag;
        }

        void increment(String label) {
            LongAdder known = adders.get(label);
            (known == null ? add(label) : known).increment();
        }

        private LongAdder add(String label) {
            synchronized (ServiceMeters.this) {
                LongAdder known = adders.get(label);
                if (known != null) {
                    return known;
                }
                LongAdder adder = new LongAdder();
                adders.put(label, adder);
                if (shown) {
                    count(meter, adder, List.of(Tag.of(tag, label)));
                }
                return adder;
            }
        }

        void show() {
            adders.forEach((label, adder) -> count(meter, adder, List.of(Tag.of(tag, label))));
        }
    }
}
