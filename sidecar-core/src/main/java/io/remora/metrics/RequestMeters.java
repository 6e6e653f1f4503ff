package io.remora.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.remora.balancer.EndpointHealth;
import io.remora.discovery.ServiceId;
import io.remora.registry.Eligibility;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The series of one Service to which this process makes requests, from the first of them on and until the Service goes. What
 * is told later is not counted. Thread-safe; counting takes no lock once a label was seen before.
 */
final class RequestMeters {

    private final MeterRegistry registry;
    private final Tags service;
    private final ServiceGauges gauges;
    private final List<Meter> registered = new ArrayList<>(); // guarded by this
    private boolean gone; // guarded by this
    private final Counter requests;
    private final Counter retried;
    private final Counter overflows;
    private final Map<String, Counter> refused = new ConcurrentHashMap<>();
    private final Map<String, Counter> picks = new ConcurrentHashMap<>();
    private final Map<String, Counter> ejections = new ConcurrentHashMap<>();

    RequestMeters(MeterRegistry registry, ServiceId id, ServiceGauges gauges) {
        this.registry = registry;
        this.service = Tags.of(Meters.TAG_NAMESPACE, id.namespace(), Meters.TAG_SERVICE, id.name());
        this.gauges = gauges;
        this.requests = add(counter(Meters.REQUESTS, Tags.empty()));
        this.retried = add(counter(Meters.REQUESTS_RETRIED, Tags.empty()));
        this.overflows = add(counter(Meters.EJECTIONS_OVERFLOW, Tags.empty()));
        for (Eligibility state : Eligibility.values()) {
            String label = state.name().toLowerCase(Locale.ROOT);
            gauge(Meters.ENDPOINTS, from -> from.endpoints(state), Tags.of(Meters.TAG_STATE, label));
        }
        gauge(Meters.ENDPOINTS_EJECTED, from -> from.endpoints(EndpointHealth.State.EJECTED), Tags.empty());
        gauge(Meters.ENDPOINTS_ON_TRIAL, from -> from.endpoints(EndpointHealth.State.TRIAL), Tags.empty());
        gauge(Meters.PANIC, ServiceGauges::panicking, Tags.empty());
        gauge(Meters.REQUESTS_ACTIVE, ServiceGauges::open, Tags.empty());
        add(FunctionCounter.builder(Meters.RETRIES_EXHAUSTED.meterName(), gauges, ServiceGauges::retriesExhausted)
                .tags(service)
                .description(Meters.RETRIES_EXHAUSTED.help())
                .register(registry));
    }

    void requested() {
        requests.increment();
    }

    void retried() {
        retried.increment();
    }

    void overflowed() {
        overflows.increment();
    }

    void refused(String reason) {
        increment(refused, Meters.REQUESTS_REFUSED, Meters.TAG_REASON, reason);
    }

    void picked(String outcome) {
        increment(picks, Meters.PICKS, Meters.TAG_OUTCOME, outcome);
    }

    void ejected(String rule) {
        increment(ejections, Meters.EJECTIONS, Meters.TAG_RULE, rule);
    }

    /** The Service went: its series go too. */
    synchronized void goAway() {
        gone = true;
        registered.forEach(registry::remove);
        registered.clear();
    }

    private void increment(Map<String, Counter> counters, Meters meter, String tag, String label) {
        Counter known = counters.get(label);
        if (known == null) {
            known = show(counters, meter, Tag.of(tag, label));
        }
        if (known != null) {
            known.increment();
        }
    }

    private synchronized @Nullable Counter show(Map<String, Counter> counters, Meters meter, Tag tag) {
        return gone ? null : counters.computeIfAbsent(tag.getValue(), label -> add(counter(meter, Tags.of(tag))));
    }

    private Counter counter(Meters meter, Tags more) {
        return Counter.builder(meter.meterName())
                .tags(service.and(more))
                .description(meter.help())
                .register(registry);
    }

    private void gauge(Meters meter, ToDoubleFunction<ServiceGauges> value, Tags more) {
        add(Gauge.builder(meter.meterName(), gauges, value)
                .tags(service.and(more))
                .description(meter.help())
                .strongReference(true)
                .register(registry));
    }

    private <M extends Meter> M add(M meter) {
        registered.add(meter);
        return meter;
    }
}
