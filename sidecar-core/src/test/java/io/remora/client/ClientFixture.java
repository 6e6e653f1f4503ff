package io.remora.client;

import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.BalancerRules;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.DestinationHealth;
import io.remora.balancer.Outcome;
import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.DiscoverySink;
import io.remora.discovery.DiscoverySource;
import io.remora.discovery.Interest;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.SourceStatus;
import io.remora.discovery.TransportAddress;
import io.remora.internal.VirtualClock;
import io.remora.registry.DestinationId;
import io.remora.registry.ServiceRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A balancer of requests on a virtual clock, over a source that tells what a test has it tell. */
final class ClientFixture {

    static final Duration HOLD = Duration.ofSeconds(2);
    static final Duration UNKNOWN_TTL = Duration.ofSeconds(30);

    final VirtualClock clock = new VirtualClock();
    final ScriptedSource source = new ScriptedSource();
    final List<String> heard = new ArrayList<>();
    final List<Outcome> outcomes = new ArrayList<>();
    final RequestBalancer requests;

    ClientFixture(BalancerConfig config) {
        BalancerRegistry balancers = new BalancerRegistry(
                BalancerRules.always(config),
                DestinationHealth.Factory.NONE,
                (endpoint, outcome) -> outcomes.add(outcome),
                clock);
        ServiceRegistry registry = new ServiceRegistry(source, List.of(balancers), Runnable::run);
        requests = new RequestBalancer(
                registry,
                balancers,
                new ServiceNames("shop", ServiceNames.DEFAULT_CLUSTER_DOMAIN),
                new Listener(),
                HOLD,
                UNKNOWN_TTL,
                clock,
                clock,
                () -> new Random(7));
        registry.start();
    }

    /** Over Services that are all there are. */
    static ClientFixture of(BalancerConfig config, ServiceSnapshot... services) {
        ClientFixture fixture = new ClientFixture(config);
        fixture.source.tell(services);
        fixture.source.sink().accept(List.of(new DiscoveryEvent.Synced(true)));
        return fixture;
    }

    DestinationBalancer balancer(String host, int port) {
        return now(host, port).orElseThrow();
    }

    /** What is found without a wait. */
    Optional<DestinationBalancer> now(String host, int port) {
        CompletableFuture<Optional<DestinationBalancer>> found =
                requests.lookUp(host, port).toCompletableFuture();
        if (!found.isDone()) {
            throw new AssertionError("is held");
        }
        return found.join();
    }

    private final class Listener implements RequestListener {
        @Override
        public void began(DestinationId destination) {
            heard.add("began");
        }

        @Override
        public void retried(DestinationId destination) {
            heard.add("retried");
        }

        @Override
        public void refused(DestinationId destination, RequestRefusedException.Reason reason) {
            heard.add("refused " + reason.label());
        }
    }

    /** Tells of a Service when it is asked and a test says so. */
    static final class ScriptedSource implements DiscoverySource {

        final List<ServiceId> asked = new ArrayList<>();
        int open;
        private final CompletableFuture<Void> settled = new CompletableFuture<>();
        private @Nullable DiscoverySink sink;

        void tell(ServiceSnapshot... services) {
            for (ServiceSnapshot service : services) {
                sink().accept(List.of(new DiscoveryEvent.Updated(service)));
            }
        }

        /** All that was asked for was told. */
        void settle() {
            settled.complete(null);
        }

        DiscoverySink sink() {
            return Objects.requireNonNull(sink);
        }

        @Override
        public void start(DiscoverySink destination) {
            sink = destination;
        }

        @Override
        public Interest interest(TransportAddress address) {
            throw new UnsupportedOperationException("requests ask for Services");
        }

        @Override
        public Interest interest(ServiceId service) {
            asked.add(service);
            open++;
            return new Interest() {
                @Override
                public CompletionStage<Void> settled() {
                    return settled;
                }

                @Override
                public void close() {
                    open--;
                }
            };
        }

        @Override
        public SourceStatus status() {
            return SourceStatus.FIXED;
        }

        @Override
        public void close() {}
    }
}
