package io.remora.balancer;

import static io.remora.registry.Services.service;

import io.remora.discovery.Endpoint;
import io.remora.discovery.Endpoint.TargetRef;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.discovery.TransportAddress;
import io.remora.internal.VirtualClock;
import io.remora.registry.Destination;
import io.remora.registry.ServiceRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One Service on a virtual clock, with a health that does what it is told. */
final class BalancerFixture {

    final VirtualClock clock = new VirtualClock();
    final Random random = new Random(5);
    final FakeHealth health = new FakeHealth();
    BalancerConfig config;
    private final BalancerRegistry balancers;
    private final StaticDiscoverySource source;
    private final ServiceRegistry registry;

    BalancerFixture(BalancerConfig config, Endpoint... endpoints) {
        this.config = config;
        balancers = new BalancerRegistry(
                service -> this.config, (destination, host) -> health.of(host), OutcomeListener.NONE, clock);
        source = new StaticDiscoverySource(List.of(service("web", "10.96.0.1", endpoints)));
        registry = new ServiceRegistry(source, List.of(balancers), Runnable::run);
        registry.start();
    }

    static BalancerFixture of(BalancerPolicy policy, Endpoint... endpoints) {
        return new BalancerFixture(BalancerConfig.DEFAULT.withPolicy(policy), endpoints);
    }

    /** A pod, which is ready. */
    static Endpoint pod(String name, int number, @Nullable String zone) {
        return new Endpoint(
                IpAddress.ofIpv4(0x0a000000 + number),
                8080,
                EndpointConditions.READY,
                zone,
                null,
                Set.of(),
                Set.of(),
                new TargetRef("Pod", "shop", name, "uid-" + number));
    }

    /** Pods web-0 up to web-(count - 1). */
    static Endpoint[] pods(int count) {
        Endpoint[] pods = new Endpoint[count];
        for (int i = 0; i < count; i++) {
            pods[i] = pod("web-" + i, i + 1, null);
        }
        return pods;
    }

    void update(Endpoint... endpoints) {
        source.update(service("web", "10.96.0.1", endpoints));
    }

    DestinationBalancer balancer() {
        Destination destination = Objects.requireNonNull(
                registry.snapshot().find(TransportAddress.tcp(IpAddress.parse("10.96.0.1"), 80)));
        return Objects.requireNonNull(balancers.find(destination));
    }

    EndpointState state(Endpoint endpoint) {
        return Objects.requireNonNull(balancer().state(endpoint));
    }

    List<EndpointState> states() {
        return balancer().candidates().eligible();
    }

    PickContext context() {
        return new PickContext(random, null, clock.read());
    }

    PickContext contextOf(int client) {
        return new PickContext(random, IpAddress.ofIpv4(0x0af40000 + client), clock.read());
    }

    Pick pick() {
        return Objects.requireNonNull(balancer().pick(context()));
    }

    /** Picks as they come one after the other; returns how many each pod got. */
    Map<String, Integer> shares(int picks) {
        Map<String, Integer> shares = new TreeMap<>();
        for (int i = 0; i < picks; i++) {
            Pick pick = pick();
            shares.merge(name(pick.endpoint()), 1, Integer::sum);
            pick.complete(Outcome.CANCELLED); // which says nothing of the endpoint
        }
        return shares;
    }

    /** Lets an endpoint answer once. */
    void answer(Endpoint endpoint, Duration latency) {
        state(endpoint).answered(latency.toNanos(), clock.read(), null);
    }

    static String name(EndpointState state) {
        return Objects.requireNonNull(state.endpoint().target()).name();
    }

    /** Ejects what it is told to eject, and lets in one trial at a time. */
    static final class FakeHealth implements DestinationHealth {

        private final Set<String> ejected = new HashSet<>();
        private final Set<String> onTrial = new HashSet<>();
        private @Nullable Host host;
        boolean panic;
        int trialsUnderWay;

        DestinationHealth of(Host madeFor) {
            host = madeFor;
            return this;
        }

        void eject(String... names) {
            change(() -> {
                ejected.addAll(List.of(names));
                List.of(names).forEach(onTrial::remove);
            });
        }

        void tryOut(String name) {
            change(() -> {
                ejected.remove(name);
                onTrial.add(name);
            });
        }

        void restore(String name) {
            change(() -> {
                ejected.remove(name);
                onTrial.remove(name);
            });
        }

        void change(Runnable change) {
            Objects.requireNonNull(host).change(() -> {
                change.run();
                return true;
            });
        }

        @Override
        public EndpointHealth added(EndpointState endpoint) {
            return new EndpointHealth() {
                @Override
                public @Nullable Claim tryTrial() {
                    return onTrial.contains(name(endpoint)) && trialsUnderWay++ == 0 ? new Claim() {} : null;
                }

                @Override
                public void succeeded(@Nullable Claim claim) {
                    if (claim != null) {
                        trialsUnderWay = 0;
                        restore(name(endpoint));
                    }
                }

                @Override
                public void failed(Outcome outcome, @Nullable Claim claim) {
                    if (claim != null) {
                        trialsUnderWay = 0;
                        eject(name(endpoint));
                    }
                }
            };
        }

        @Override
        public Candidates select(List<EndpointState> eligible) {
            List<EndpointState> usable = new ArrayList<>();
            List<EndpointState> trials = new ArrayList<>();
            for (EndpointState state : eligible) {
                if (onTrial.contains(name(state))) {
                    trials.add(state);
                } else if (panic || !ejected.contains(name(state))) {
                    usable.add(state);
                }
            }
            return new Candidates(eligible, usable, trials, panic);
        }
    }
}
