package io.remora.config;

import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerRules;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServiceSnapshot;
import io.remora.outlier.HealthConfig;
import io.remora.outlier.HealthRules;
import io.remora.registry.RegistryListener;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.ServiceEntry;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What holds for each Service: the settings of the agent, with those of the Service's annotations over them. An annotation
 * that is of no use is told once, and the agent's setting holds. It remembers what it read of the Services that have
 * annotations until the registry, which it listens to, tells that they are gone. Thread-safe.
 */
public final class ServiceAnnotations implements RegistryListener {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServiceAnnotations.class);

    private final AnnotationsReader reader;
    private final Listener listener;
    private final Map<ServiceId, Known> known = new ConcurrentHashMap<>();

    /** Hears of annotations that are of no use: once, and again when the value has changed. */
    @FunctionalInterface
    public interface Listener {

        /** Writes a line at WARN. */
        Listener LOG = (service, problem) -> LOGGER.atWarn()
                .addKeyValue("service", service)
                .addKeyValue("annotation", problem.annotation())
                .addKeyValue("value", problem.value())
                .log("annotation of a Service ignored: {}", problem.text());

        /** An annotation is ignored. */
        void ignored(ServiceId service, ServiceConfig.Problem problem);
    }

    private record Known(Map<String, String> annotations, ServiceConfig config) {}

    /** As {@link #ServiceAnnotations(BalancerConfig, HealthConfig, Listener)}; what is wrong is logged. */
    public ServiceAnnotations(BalancerConfig balancer, HealthConfig health) {
        this(balancer, health, Listener.LOG);
    }

    /**
     * @param balancer what holds where a Service says nothing
     * @param health as well
     * @param listener hears what is wrong
     */
    public ServiceAnnotations(BalancerConfig balancer, HealthConfig health, Listener listener) {
        this.reader = new AnnotationsReader(new ServiceConfig(balancer, health, Map.of(), List.of()));
        this.listener = listener;
    }

    /** The part that the balancers ask. */
    public BalancerRules balancerRules() {
        return service -> of(service).balancer();
    }

    /** The part that the endpoints' health asks. */
    public HealthRules healthRules() {
        return service -> of(service).health();
    }

    /** Returns what holds for a Service, and tells nobody. */
    public ServiceConfig explain(ServiceSnapshot service) {
        Map<String, String> annotations = service.spec().annotations();
        return annotations.isEmpty() ? reader.base() : reader.read(annotations);
    }

    private ServiceConfig of(ServiceSnapshot service) {
        Map<String, String> annotations = service.spec().annotations();
        Known before = known.get(service.id());
        if (before == null && annotations.isEmpty()) {
            return reader.base();
        }
        if (before != null && before.annotations().equals(annotations)) {
            return before.config();
        }
        return read(service.id(), annotations);
    }

    private synchronized ServiceConfig read(ServiceId id, Map<String, String> annotations) {
        if (annotations.isEmpty()) {
            known.remove(id);
            return reader.base();
        }
        ServiceConfig config = reader.read(annotations);
        Known before = known.put(id, new Known(annotations, config));
        Set<ServiceConfig.Problem> told =
                before == null ? Set.of() : new HashSet<>(before.config().problems());
        config.problems().stream()
                .filter(problem -> !told.contains(problem))
                .forEach(problem -> listener.ignored(id, problem));
        return config;
    }

    @Override
    public void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
        for (ServiceChange change : changes) {
            ServiceEntry before = change.before();
            ServiceEntry after = change.after();
            if (before != null && (after == null || after.destinations().isEmpty())) {
                known.remove(before.service().id());
            }
        }
    }

    /** Services that are remembered. */
    int size() {
        return known.size();
    }
}
