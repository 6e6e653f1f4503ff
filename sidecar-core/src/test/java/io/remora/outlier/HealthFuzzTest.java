package io.remora.outlier;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.Candidates;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointHealth;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.balancer.Pick;
import io.remora.balancer.PickContext;
import io.remora.discovery.Endpoint;
import io.remora.discovery.Endpoint.TargetRef;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.internal.VirtualClock;
import io.remora.outlier.HealthListener.Rule;
import io.remora.outlier.OutlierConfig.Comeback;
import io.remora.outlier.OutlierConfig.EjectionTime;
import io.remora.outlier.OutlierConfig.FailurePercentage;
import io.remora.outlier.OutlierConfig.SuccessRate;
import io.remora.registry.DestinationId;
import io.remora.registry.ServiceRegistry;
import io.remora.registry.Services;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A million steps of everything that can happen, in any order: what must hold, holds after each. Then everything heals and
 * everything comes back; then everything ends and nothing is left.
 */
@Timeout(120)
class HealthFuzzTest {

    private static final int STEPS = 1_000_000;
    private static final int MOST_ENDPOINTS = 8;
    private static final String[] NAMES = {"web", "stock", "catalog", "cart"};
    private static final Outcome[] OUTCOMES = Outcome.values();

    private final Random random = new Random(20_261_128);
    private final VirtualClock clock = new VirtualClock();
    private final Watcher watcher = new Watcher();
    private final Map<String, HealthConfig> configs = new HashMap<>();
    private final Map<String, List<Pod>> pods = new HashMap<>();
    private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
    private final HealthRegistry health = new HealthRegistry(
            service -> configs.getOrDefault(service.id().name(), HealthConfig.DEFAULT),
            watcher,
            clock,
            clock,
            () -> random,
            RandomProber::new,
            () -> breakers);
    private final BalancerRegistry balancers =
            new BalancerRegistry(this::balancing, health, OutcomeListener.NONE, clock);
    private final StaticDiscoverySource source = new StaticDiscoverySource(List.of());
    private final ServiceRegistry registry = new ServiceRegistry(source, List.of(balancers), Runnable::run);
    private final List<Pick> open = new ArrayList<>();
    private final Set<EndpointState> everPicked = new HashSet<>();
    private List<DestinationBalancer> known = List.of(); // by name: the registry's order differs from run to run
    private boolean healed;
    private int uids;
    private int outsidePanic;
    private int trials;

    @Test
    void everythingHoldsThroughAMillionSteps() {
        registry.start();
        for (String name : NAMES) {
            pods.put(name, new ArrayList<>());
        }
        for (int step = 0; step < STEPS; step++) {
            step(random.nextInt(1000));
        }
        heal();
        end();
        // It did happen, and often.
        assertThat(watcher.ejected)
                .hasSizeGreaterThan(4)
                .allSatisfy((rule, times) -> assertThat(times).isGreaterThan(20));
        assertThat(watcher.ejected.keySet()).contains(Rule.values());
        assertThat(watcher.returned).isGreaterThan(1_000);
        assertThat(watcher.overflowed).isGreaterThan(1_000);
        assertThat(watcher.panics).isGreaterThan(100);
        assertThat(trials).isGreaterThan(1_000);
        assertThat(outsidePanic).isGreaterThan(100_000);
    }

    private BalancerConfig balancing(ServiceSnapshot service) {
        BalancerPolicy[] policies = BalancerPolicy.values();
        return BalancerConfig.DEFAULT.withPolicy(
                policies[Math.floorMod(service.id().name().hashCode(), policies.length)]);
    }

    private void step(int dice) {
        if (dice < 420) {
            pick();
        } else if (dice < 840) {
            goOn();
        } else if (dice < 985) {
            clock.advance(Duration.ofMillis(random.nextInt(dice < 980 ? 200 : 20_000)));
        } else {
            change(NAMES[random.nextInt(NAMES.length)]);
        }
    }

    private void pick() {
        if (known.isEmpty() || open.size() > 200) {
            return;
        }
        DestinationBalancer balancer = known.get(random.nextInt(known.size()));
        PickContext context = new PickContext(random, null, clock.read());
        Candidates before = balancer.candidates();
        Pick pick = balancer.pick(context);
        if (pick == null) {
            assertThat(before.eligible()).isEmpty();
            return;
        }
        check(pick, balancer, before);
        open.add(pick);
        everPicked.add(pick.endpoint());
        if (pick.endpoint().active() > 5_000) {
            throw new AssertionError("in flight for ever");
        }
    }

    private void check(Pick pick, DestinationBalancer balancer, Candidates candidates) {
        EndpointState endpoint = pick.endpoint();
        if (!endpoint.isEligible() || endpoint.departedFor(clock.read()) != -1) {
            throw new AssertionError("picked, and gone or not eligible: " + endpoint);
        }
        EndpointHealth.State state = endpoint.health().state();
        if (pick.isTrial()) {
            trials++;
            assertThat(state).isEqualTo(EndpointHealth.State.TRIAL);
        } else if (!candidates.panic()) {
            outsidePanic++;
            if (state != EndpointHealth.State.HEALTHY) {
                throw new AssertionError("picked, and " + state + " without a panic: " + endpoint);
            }
        } else if (!OutlierDetector.isPanic(
                healthy(candidates.eligible()), candidates.eligible().size(), panicPercent(balancer))) {
            throw new AssertionError("panic without a reason: " + balancer.destination());
        }
    }

    private int panicPercent(DestinationBalancer balancer) {
        return watcher.configOf(balancer).outlier().panicPercent();
    }

    private static int healthy(List<EndpointState> endpoints) {
        int count = 0;
        for (EndpointState endpoint : endpoints) {
            count += endpoint.health().state() == EndpointHealth.State.HEALTHY ? 1 : 0;
        }
        return count;
    }

    /** Something happens to a pick that is open. */
    private void goOn() {
        if (open.isEmpty()) {
            return;
        }
        int index = random.nextInt(open.size());
        Pick pick = open.get(index);
        int dice = random.nextInt(10);
        if (dice == 0) {
            connect(pick);
        } else if (dice == 1) {
            pick.answered(1_000_000, clock.read());
        } else {
            open.set(index, open.get(open.size() - 1));
            open.remove(open.size() - 1);
            pick.complete(outcome(pick.endpoint()));
        }
        if (pick.endpoint().active() < 0) {
            throw new AssertionError("less than nothing in flight: " + pick.endpoint());
        }
    }

    private void connect(Pick pick) {
        for (DestinationBalancer balancer : balancers.all()) {
            if (balancer.destination().id().equals(pick.endpoint().destination())) {
                balancer.connected(pick, new PickContext(random, null, clock.read()));
                return;
            }
        }
    }

    /** A third of the endpoints is sick at a time, each for 40 s. */
    private Outcome outcome(EndpointState endpoint) {
        if (healed) {
            return Outcome.SUCCESS;
        }
        boolean sick = (endpoint.address().getAddress().getAddress()[3] + clock.read() / 40_000_000_000L) % 3 == 0;
        return sick || random.nextInt(20) == 0 ? OUTCOMES[random.nextInt(OUTCOMES.length)] : Outcome.SUCCESS;
    }

    private void change(String name) {
        List<Pod> all = podsOf(name);
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                if (all.size() < MOST_ENDPOINTS) {
                    all.add(new Pod(1 + random.nextInt(MOST_ENDPOINTS * 2), "uid-" + uids++, true));
                }
            }
            case 3 -> {
                if (!all.isEmpty()) {
                    all.remove(random.nextInt(all.size()));
                }
            }
            case 4 -> replace(all, pod -> new Pod(pod.number, pod.uid, !pod.ready));
            case 5 -> replace(all, pod -> new Pod(pod.number, "uid-" + uids++, pod.ready));
            case 6 -> configs.put(name, randomConfig());
            default -> {
                if (random.nextInt(4) == 0) {
                    source.remove(new ServiceId("shop", name));
                    refresh();
                    return;
                }
            }
        }
        publish(name);
    }

    private List<Pod> podsOf(String name) {
        return Objects.requireNonNull(pods.get(name));
    }

    private void refresh() {
        known = balancers.all().stream()
                .sorted(Comparator.comparing(
                        balancer -> balancer.destination().id().toString()))
                .toList();
    }

    private void replace(List<Pod> all, UnaryOperator<Pod> change) {
        if (!all.isEmpty()) {
            all.replaceAll(pod -> random.nextInt(all.size()) == 0 ? change.apply(pod) : pod);
        }
    }

    private void publish(String name) {
        Map<Integer, Endpoint> endpoints = new HashMap<>();
        podsOf(name).forEach(pod -> endpoints.put(pod.number, pod.endpoint()));
        int number = List.of(NAMES).indexOf(name) + 1;
        source.update(
                Services.service(name, "10.96.0." + number, endpoints.values().toArray(Endpoint[]::new)));
        refresh();
    }

    private HealthConfig randomConfig() {
        if (random.nextInt(8) == 0) {
            return HealthConfig.OFF;
        }
        OutlierConfig outlier = new OutlierConfig(
                random.nextInt(8) != 0,
                random.nextInt(6),
                Duration.ofSeconds(1 + random.nextInt(10)),
                new EjectionTime(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(random.nextInt(3))),
                random.nextInt(101),
                random.nextInt(4) * 25,
                new SuccessRate(random.nextInt(4), 10, 500 + random.nextInt(1_500)),
                new FailurePercentage(random.nextInt(100), random.nextInt(3), 10),
                random.nextInt(3) == 0 ? Comeback.PROBE : Comeback.CONNECTION);
        BreakerConfig breaker = new BreakerConfig(
                random.nextInt(3) == 0,
                random.nextInt(3) == 0,
                50,
                Duration.ofSeconds(10),
                5,
                Duration.ofSeconds(5),
                1 + random.nextInt(3));
        ProbeConfig probe = new ProbeConfig(
                random.nextInt(3) == 0 ? ProbeConfig.Kind.TCP : ProbeConfig.Kind.OFF,
                "/",
                Duration.ofSeconds(3),
                Duration.ofSeconds(1),
                2,
                2);
        return new HealthConfig(outlier, breaker, probe);
    }

    /** Every endpoint does what it is asked for from now on: each is back after its time and some picks. */
    private void heal() {
        healed = true;
        for (String name : NAMES) {
            podsOf(name).replaceAll(pod -> new Pod(pod.number, pod.uid, true));
            podsOf(name).add(new Pod(90, "last-a", true));
            podsOf(name).add(new Pod(91, "last-b", true));
            publish(name);
        }
        clock.advance(Duration.ofSeconds(64)); // the longest ejection, and the longest wait for a lost trial
        for (int i = 0; i < 4_000; i++) {
            pick();
            while (open.size() > 5) {
                open.remove(0).complete(Outcome.SUCCESS);
            }
            clock.advance(Duration.ofMillis(10));
        }
        assertThat(balancers.all()).hasSize(NAMES.length);
        for (DestinationBalancer balancer : balancers.all()) {
            Candidates candidates = balancer.candidates();
            assertThat(candidates.usable())
                    .as(balancer.destination() + " under " + watcher.configOf(balancer))
                    .containsExactlyElementsOf(candidates.eligible());
            assertThat(candidates.panic()).isFalse();
            candidates
                    .eligible()
                    .forEach(endpoint -> assertThat(endpoint.health().state()).isEqualTo(EndpointHealth.State.HEALTHY));
        }
    }

    private void end() {
        open.forEach(pick -> pick.complete(Outcome.SUCCESS));
        assertThat(everPicked)
                .hasSizeGreaterThan(100)
                .allSatisfy(endpoint -> assertThat(endpoint.active()).isZero());
        for (String name : NAMES) {
            source.remove(new ServiceId("shop", name));
        }
        clock.advance(Duration.ofSeconds(1)); // probes that are under way
        assertThat(clock.isIdle()).isTrue();
        assertThat(breakers.getAllCircuitBreakers()).isEmpty();
        health.close();
        assertThat(clock.isIdle()).isTrue();
    }

    private record Pod(int number, String uid, boolean ready) {

        Endpoint endpoint() {
            EndpointConditions conditions = new EndpointConditions(ready, ready, false);
            return new Endpoint(
                    IpAddress.parse("10.0.0." + number),
                    8080,
                    conditions,
                    null,
                    null,
                    Set.of(),
                    Set.of(),
                    new TargetRef("Pod", "shop", "pod-" + number, uid));
        }
    }

    /** Checks every ejection when it is made. */
    private final class Watcher implements HealthListener {

        private final Map<Rule, Integer> ejected = new HashMap<>();
        private int returned;
        private int overflowed;
        private int panics;

        HealthConfig configOf(DestinationBalancer balancer) {
            return ((OutlierDetector) balancer.health()).config();
        }

        @Override
        public void ejected(EndpointState endpoint, Rule rule, Ejection ejection) {
            ejected.merge(rule, 1, Integer::sum);
            if (healed) {
                throw new AssertionError("ejected, and well: " + endpoint + " " + ejection);
            }
            DestinationBalancer balancer = balancerOf(endpoint);
            if (balancer == null) {
                return; // not known yet
            }
            List<EndpointState> eligible = balancer.candidates().eligible().stream()
                    .filter(EndpointState::isEligible)
                    .toList();
            int out = eligible.size() - healthy(eligible);
            boolean anew = rule == Rule.TRIAL || ejection.times() > 1;
            int most = Ejections.allowed(
                    eligible.size(), configOf(balancer).outlier().maxEjectionPercent());
            if (out > most && !anew) {
                throw new AssertionError(out + " of " + eligible.size() + " ejected, allowed " + most);
            }
        }

        private @Nullable DestinationBalancer balancerOf(EndpointState endpoint) {
            for (DestinationBalancer balancer : balancers.all()) {
                if (balancer.destination().id().equals(endpoint.destination())) {
                    return balancer;
                }
            }
            return null;
        }

        @Override
        public void overflowed(EndpointState endpoint, Rule rule) {
            overflowed++;
        }

        @Override
        public void returned(EndpointState endpoint, Ejection last) {
            returned++;
        }

        @Override
        public void panicked(DestinationId destination, boolean panic) {
            panics++;
        }
    }

    private final class RandomProber implements Prober {

        @Override
        public void probe(
                ProbeConfig.Kind kind,
                InetSocketAddress address,
                String path,
                Duration timeout,
                Consumer<Result> result) {
            Result answer = healed ? Result.HEALTHY : List.of(Result.values()).get(random.nextInt(3));
            clock.schedule(() -> result.accept(answer), random.nextInt(1_000_000_000));
        }

        @Override
        public void close() {}
    }
}
