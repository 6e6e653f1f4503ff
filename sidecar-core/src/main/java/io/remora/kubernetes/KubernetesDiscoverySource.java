package io.remora.kubernetes;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.Config;
import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.DiscoverySink;
import io.remora.discovery.DiscoverySource;
import io.remora.discovery.Interest;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.Settlement;
import io.remora.discovery.SourceStatus;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the Services and EndpointSlices of all namespaces, or of some, for as long as the process lives.
 *
 * <p>Cost: two watches, and two for each namespace after the first. Over TLS all of them, and the lists, share one HTTP/2
 * connection; an API server without TLS, or behind a proxy without HTTP/2, is given one connection a watch.
 *
 * <p>What the API server said last stays in use while it is away, and so does the last readable form of an object that
 * became malformed: nothing better is known, and an outlier detector finds out which endpoint is gone, whereas without
 * the Service its traffic would go unbalanced. An object that was never readable is left out until it is.
 *
 * <p>Thread-safe. All work is done, and the sink called, on one thread, {@code remora-kubernetes}.
 */
public final class KubernetesDiscoverySource implements DiscoverySource {

    private static final Logger LOGGER = LoggerFactory.getLogger(KubernetesDiscoverySource.class);

    /** No slice of a headless Service is wanted; an API server that ignores it sends them, and they are left out here. */
    private static final String SLICE_SELECTOR = "&labelSelector=%21service.kubernetes.io%2Fheadless";

    /** Told in full at a time: with many namespaces each watch may have one. */
    private static final int MOST_PROBLEMS = 4;

    private final WatchLoop loop;
    private final ApiTransport transport;
    private final MalformedObjects malformed = new MalformedObjects();
    // One for each namespace, or one for all: each is told as a whole when it was listed.
    private final List<NamespaceState> states = new ArrayList<>(); // complete when constructed
    private final List<ResourceWatch<?, ?>> watches = new ArrayList<>(); // complete when constructed
    private final Settlement synced = new Settlement();
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
        return loop -> new HttpApiTransport(client.getMasterUrl(), () -> KubernetesClients.client(client), loop);
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
                new ResourceWatch.Shared(this.transport, loop, config.timing(), malformed, random);
        Interner interner = new Interner();
        ObjectDecoder<Service, ServiceSpec> services =
                new ObjectDecoder<>(Service.class, new ServiceMapper(interner)::map);
        ObjectDecoder<EndpointSlice, SliceContent> slices =
                new ObjectDecoder<>(EndpointSlice.class, new EndpointSliceMapper(interner)::map);
        List<String> namespaces = config.namespaces().isEmpty() ? List.of("") : config.namespaces();
        for (String namespace : namespaces) {
            String scope = namespace.isEmpty() ? "" : "namespaces/" + namespace + "/";
            String where = namespace.isEmpty() ? "" : " in namespace " + namespace;
            NamespaceState state = new NamespaceState();
            Runnable flush = () -> flush(state);
            states.add(state);
            watches.add(new ResourceWatch<>(
                    Service.class,
                    new ResourcePath("services" + where, "/api/v1/" + scope + "services", ""),
                    services,
                    state.services(),
                    shared,
                    flush));
            watches.add(new ResourceWatch<>(
                    EndpointSlice.class,
                    new ResourcePath(
                            "endpointslices" + where,
                            "/apis/discovery.k8s.io/v1/" + scope + "endpointslices",
                            SLICE_SELECTOR),
                    slices,
                    state.slices(),
                    shared,
                    flush));
        }
    }

    @Override
    public void start(DiscoverySink destination) {
        synchronized (delivery) {
            if (sink != null) {
                throw new IllegalStateException("already started");
            }
            sink = destination;
        }
        loop.execute(() -> watches.forEach(ResourceWatch::start));
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
            deliver(events);
        }
        state.told(changes); // not if the sink threw: then they come again
        if (nowSynced) {
            LOGGER.atInfo().addKeyValue("watches", watches.size()).log("synced with the API server");
            synced.settle();
        }
    }

    private void deliver(List<DiscoveryEvent> events) {
        synchronized (delivery) {
            if (!closed && sink != null) {
                sink.accept(events);
            }
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
        long now = loop.now();
        boolean connected = true;
        Duration age = Duration.ZERO;
        Set<String> problems = new LinkedHashSet<>();
        for (ResourceWatch<?, ?> watch : watches) {
            WatchStatus one = watch.status();
            connected &= one.connected();
            Duration heard = one.age(now);
            age = age == null || heard == null ? null : age.compareTo(heard) < 0 ? heard : age;
            String problem = one.problem();
            if (problem != null) {
                problems.add(problem);
            }
        }
        return new SourceStatus(
                synced.isSettled(),
                connected,
                age,
                watches.size(),
                transport.connections(watches.size()),
                malformed.count(),
                joined(problems));
    }

    private static @Nullable String joined(Set<String> problems) {
        if (problems.isEmpty()) {
            return null;
        }
        int more = problems.size() - MOST_PROBLEMS;
        return problems.stream().limit(MOST_PROBLEMS).collect(Collectors.joining(" | "))
                + (more > 0 ? " | and " + more + " more" : "");
    }

    @Override
    public void close() {
        synchronized (delivery) {
            closed = true;
        }
        loop.execute(() -> {
            watches.forEach(ResourceWatch::stop);
            transport.close();
            loop.close();
        });
    }
}
