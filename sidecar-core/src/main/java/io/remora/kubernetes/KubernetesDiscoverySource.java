package io.remora.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.DiscoverySink;
import io.remora.discovery.DiscoverySource;
import io.remora.discovery.Interest;
import io.remora.discovery.ServiceId;
import io.remora.discovery.SourceStatus;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Ticker;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Watches Services and EndpointSlices of an API server: in scope {@code all} those of all namespaces, or of some, from the
 * start; in scope {@code on-demand} those of each Service that is asked for, as long as it is used.
 *
 * <p>Cost: two watches for each namespace, or for all together; in scope {@code on-demand} two for each Service in use.
 * Over TLS all of them, and the lists, share one HTTP/2 connection, or one for each {@value
 * PooledApiTransport#STREAMS_PER_CONNECTION}; an API server without TLS, or behind a proxy without HTTP/2, is given one
 * connection a watch.
 *
 * <p>What the API server said last stays in use while it is away, and so does the last readable form of an object that
 * became malformed: nothing better is known, and an outlier detector finds out which endpoint is gone, whereas without
 * the Service its traffic would go unbalanced. An object that was never readable is left out until it is.
 *
 * <p>Thread-safe. All work is done, and the sink called, on one thread, {@code remora-kubernetes}.
 */
public final class KubernetesDiscoverySource implements DiscoverySource {

    private final WatchLoop loop;
    private final ApiTransport transport;
    private final WatchPlan plan;
    private final Object delivery = new Object();
    private boolean closed; // guarded by delivery
    private @Nullable DiscoverySink sink; // guarded by delivery

    /**
     * Finds the API server and the credentials; connects when started.
     *
     * @throws IllegalArgumentException if no API server can be found or the kubeconfig is unusable, naming the setting
     */
    public KubernetesDiscoverySource(KubernetesConfig config) {
        this(config, Ticker.SYSTEM, ThreadLocalRandom::current);
    }

    /**
     * As {@link #KubernetesDiscoverySource(KubernetesConfig)}, with another clock and other chance.
     *
     * @param random makes the jitter of back-off and watch lifetimes; asked on the source's thread
     * @throws IllegalArgumentException if no API server can be found or the kubeconfig is unusable, naming the setting
     */
    public KubernetesDiscoverySource(
            KubernetesConfig config, Ticker ticker, Supplier<? extends RandomGenerator> random) {
        this(config, random, new ThreadWatchLoop(ticker), apiOf(config));
    }

    private static Function<WatchLoop, ApiTransport> apiOf(KubernetesConfig config) {
        Config client = KubernetesClients.configuration(config, System.getenv());
        return loop -> new PooledApiTransport(
                () -> new HttpApiTransport(client.getMasterUrl(), () -> KubernetesClients.client(client), loop));
    }

    /** For tests, with a clock and an API server of their own. */
    KubernetesDiscoverySource(
            KubernetesConfig config,
            Supplier<? extends RandomGenerator> random,
            WatchLoop loop,
            Function<WatchLoop, ApiTransport> transport) {
        this.loop = loop;
        this.transport = transport.apply(loop);
        ResourceWatch.Shared shared =
                new ResourceWatch.Shared(this.transport, loop, config.timing(), new MalformedObjects(), random);
        Delivery told = new Delivery();
        this.plan = config.scope() == WatchScope.ON_DEMAND
                ? new OnDemandServices(config.onDemand(), config.headless(), shared, told)
                : new AllServices(config.namespaces(), config.headless(), shared, told);
    }

    @Override
    public void start(DiscoverySink destination) {
        synchronized (delivery) {
            if (sink != null) {
                throw new IllegalStateException("already started");
            }
            sink = destination;
        }
        loop.execute(plan::start);
    }

    @Override
    public Interest interest(TransportAddress address) {
        return plan.interest(address);
    }

    @Override
    public Interest interest(ServiceId service) {
        return plan.interest(service);
    }

    @Override
    public SourceStatus status() {
        return plan.status();
    }

    @Override
    public void close() {
        synchronized (delivery) {
            closed = true;
        }
        loop.execute(() -> {
            plan.stop();
            transport.close();
            loop.close();
        });
    }

    /** Hands events on until the source is closed. */
    private final class Delivery implements DiscoverySink {

        @Override
        public void accept(List<DiscoveryEvent> events) {
            synchronized (delivery) {
                if (!closed && sink != null) {
                    sink.accept(events);
                }
            }
        }

        @Override
        public boolean wasUsed(ServiceId service) {
            synchronized (delivery) {
                return sink == null || sink.wasUsed(service);
            }
        }
    }
}
