package io.remora.embedded;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.client.RequestBalancer;
import io.remora.client.RequestListener;
import io.remora.client.RequestListeners;
import io.remora.client.ServiceNames;
import io.remora.client.ServiceSubscriptions;
import io.remora.config.RemoraConfig;
import io.remora.config.ServiceAnnotations;
import io.remora.discovery.DiscoverySource;
import io.remora.internal.Moments;
import io.remora.internal.ThreadScheduler;
import io.remora.internal.Ticker;
import io.remora.kubernetes.KubernetesConfig;
import io.remora.kubernetes.KubernetesDiscoverySource;
import io.remora.logging.HealthLog;
import io.remora.logging.RegistryLog;
import io.remora.outlier.HealthListener;
import io.remora.outlier.HealthListeners;
import io.remora.outlier.HealthRegistry;
import io.remora.outlier.SocketProber;
import io.remora.registry.RegistryListener;
import io.remora.registry.ServiceRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watch of the cluster, and the balancers over it, for everything in an application. It knows no Service until it is
 * started. Thread-safe.
 */
public final class Remora implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Remora.class);

    private final RemoraConfig config;
    private final ExecutorService writer;
    private final ThreadScheduler timer = new ThreadScheduler("remora-timer");
    private final HealthRegistry health;
    private final RegistryLog registryLog;
    private final ServiceRegistry registry;
    private final BalancerRegistry balancers;
    private final ServiceSubscriptions subscriptions = new ServiceSubscriptions();
    private final RequestBalancer requests;
    private boolean started; // guarded by this
    private boolean closed; // guarded by this

    private Remora(Builder builder) {
        config = builder.config;
        writer = Executors.newSingleThreadExecutor(Remora::writerThread);
        ServiceAnnotations annotations = new ServiceAnnotations(config.balancer(), config.health());
        HealthLog healthLog = new HealthLog(Moments.SYSTEM, true);
        List<HealthListener> healthListeners = new ArrayList<>(List.of(healthLog));
        healthListeners.addAll(builder.healthListeners);
        health = new HealthRegistry(
                annotations.healthRules(),
                new HealthListeners(healthListeners),
                Ticker.SYSTEM,
                timer,
                ThreadLocalRandom::current,
                SocketProber::new,
                builder.breakers);
        List<OutcomeListener> outcomes = List.copyOf(builder.outcomeListeners);
        balancers = new BalancerRegistry(
                annotations.balancerRules(),
                health,
                (endpoint, outcome) -> tell(outcomes, endpoint, outcome),
                Ticker.SYSTEM);
        registryLog = new RegistryLog(() -> builder.source.status().problem(), true);
        List<RegistryListener> listeners = new ArrayList<>(List.of(balancers, annotations, registryLog, healthLog));
        listeners.addAll(builder.registryListeners);
        listeners.add(subscriptions); // last: whoever is told picks from balancers that know
        registry = new ServiceRegistry(config.registry().withHeadless(true), builder.source, listeners, writer);
        requests = new RequestBalancer(
                registry,
                balancers,
                builder.names,
                new RequestListeners(builder.requestListeners),
                config.relay().hold(),
                config.kubernetes().onDemand().unknownAddressTtl(),
                Ticker.SYSTEM,
                timer,
                ThreadLocalRandom::current);
        builder.observers.forEach(observer -> observer.accept(this));
    }

    private static void tell(List<OutcomeListener> listeners, EndpointState endpoint, Outcome outcome) {
        for (OutcomeListener listener : listeners) {
            try {
                listener.completed(endpoint, outcome);
            } catch (RuntimeException e) { // kept from the others
                LOGGER.atError().setCause(e).log("a listener of outcomes failed");
            }
        }
    }

    /**
     * Begins to collect what it is made of.
     *
     * @param config what holds
     * @param names what host names mean
     * @param source where the Services come from, not started; closed with what is built
     */
    public static Builder builder(RemoraConfig config, ServiceNames names, DiscoverySource source) {
        return new Builder(config, names, source);
    }

    /**
     * The Services of a cluster as an application wants them, which names them: the headless ones too. Not started.
     *
     * @throws IllegalArgumentException if no API server can be found or the kubeconfig is unusable, naming the setting
     */
    public static KubernetesDiscoverySource cluster(KubernetesConfig config) {
        return new KubernetesDiscoverySource(config.withHeadless(true));
    }

    /** Begins to watch. Never blocks, and never fails because the API server is away. Idempotent. */
    public synchronized void start() {
        if (!started && !closed) {
            started = true;
            registry.start();
            timer.schedule(this::holdIsOver, config.relay().hold().toNanos());
        }
    }

    private synchronized void holdIsOver() {
        if (!closed) {
            writer.execute(() -> registryLog.holdIsOver(config.relay().hold()));
        }
    }

    /** What holds. */
    public RemoraConfig config() {
        return config;
    }

    /** The namespaces whose Services are watched; empty if those of all may be. */
    public List<String> namespaces() {
        return config.kubernetes().namespaces();
    }

    /** Balances requests. */
    public RequestBalancer requests() {
        return requests;
    }

    /** What is known of the cluster. */
    public ServiceRegistry registry() {
        return registry;
    }

    /** The balancer of each Destination. */
    public BalancerRegistry balancers() {
        return balancers;
    }

    /** Tells of changes. */
    public ServiceSubscriptions subscriptions() {
        return subscriptions;
    }

    /** Ends the watch. What is known stays readable, and requests go on by it. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            registry.close();
            requests.close();
            health.close();
            timer.close();
            writer.shutdown();
        }
    }

    private static Thread writerThread(Runnable task) {
        Thread thread = new Thread(task, "remora-registry");
        thread.setDaemon(true);
        return thread;
    }

    /** Collects what a {@link Remora} is made of. Not thread-safe. */
    public static final class Builder {
        private final RemoraConfig config;
        private final ServiceNames names;
        private final DiscoverySource source;
        private final List<RegistryListener> registryListeners = new ArrayList<>();
        private final List<OutcomeListener> outcomeListeners = new ArrayList<>();
        private final List<HealthListener> healthListeners = new ArrayList<>();
        private final List<RequestListener> requestListeners = new ArrayList<>();
        private final List<Consumer<Remora>> observers = new ArrayList<>();
        private Supplier<CircuitBreakerRegistry> breakers = CircuitBreakerRegistry::ofDefaults;

        private Builder(RemoraConfig config, ServiceNames names, DiscoverySource source) {
            this.config = config;
            this.names = names;
            this.source = source;
        }

        /** Hears what the registry does. */
        public Builder registryListener(RegistryListener listener) {
            registryListeners.add(listener);
            return this;
        }

        /** Hears how picks end. */
        public Builder outcomeListener(OutcomeListener listener) {
            outcomeListeners.add(listener);
            return this;
        }

        /** Hears of endpoints that leave and come back. */
        public Builder healthListener(HealthListener listener) {
            healthListeners.add(listener);
            return this;
        }

        /** Hears of requests. */
        public Builder requestListener(RequestListener listener) {
            requestListeners.add(listener);
            return this;
        }

        /** Is told what was built, before anybody else has it. */
        public Builder observer(Consumer<Remora> observer) {
            observers.add(observer);
            return this;
        }

        /** Where circuit breakers come from; asked only if there is one. */
        public Builder breakers(Supplier<CircuitBreakerRegistry> registry) {
            breakers = registry;
            return this;
        }

        /** Makes it; nothing is started. */
        public Remora build() {
            return new Remora(this);
        }
    }
}
