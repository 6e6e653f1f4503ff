package io.remora.outlier;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerConfig.Weights;
import io.remora.balancer.BalancerConfig.Zones;
import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.Candidates;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.DestinationBalancer.BoundEndpoint;
import io.remora.balancer.DestinationGate;
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
import io.remora.discovery.ServiceSpec;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.internal.VirtualClock;
import io.remora.outlier.HealthListener.Rule;
import io.remora.outlier.OutlierConfig.Comeback;
import io.remora.outlier.OutlierConfig.EjectionTime;
import io.remora.outlier.OutlierConfig.FailurePercentage;
import io.remora.outlier.OutlierConfig.SuccessRate;
import io.remora.registry.ClientLocation;
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
import java.util.stream.IntStream;
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
    /** One Service for each policy, in their order; the first three have something special. */
    private static final String[] NAMES = {"affine", "zoned", "weighted", "stock", "catalog", "cart"};

    private static final int CLIENTS = 200;
    private static final Outcome[] OUTCOMES = Outcome.values();

    private final Random random = new Random(20_261_128);
    private final VirtualClock clock = new VirtualClock();
    private final Watcher watcher = new Watcher();
    private final List<IpAddress> clients = IntStream.range(0, CLIENTS)
            .mapToObj(number -> IpAddress.parse("10.9.0." + number))
            .toList();
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
    private final List<Opened> open = new ArrayList<>();
    private final Map<EndpointState, Integer> openPicks = new HashMap<>(); // of all that were ever picked
    private List<DestinationBalancer> known = List.of(); // by name: the registry's order differs from run to run
    private boolean healed;
    private int uids;
    private int outsidePanic;
    private int trials;
    private boolean settled;
    private int refused; // by a gate
    private int bound; // picks that affinity made

    @Test
    void everythingHoldsThroughAMillionSteps() {
        registry.start();
        for (String name : NAMES) {
            pods.put(name, new ArrayList<>());
        }
        for (int step = 0; step < STEPS; step++) {
            step(random.nextInt(1000));
            if (step % 10_000 == 0) {
                checkActive();
            }
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
        assertThat(refused).isGreaterThan(1_000);
        assertThat(bound).isGreaterThan(1_000);
        assertThat(watcher.judged).isGreaterThan(1_000);
    }

    private BalancerConfig balancing(ServiceSnapshot service) {
        int number = List.of(NAMES).indexOf(service.id().name());
        BalancerConfig config = BalancerConfig.DEFAULT.withPolicy(
                List.of(BalancerPolicy.values()).get(number));
        return switch (service.id().name()) {
            case "zoned" -> config.withZones(new Zones(true, ClientLocation.of(null, "a"), 1));
            case "weighted" ->
                new BalancerConfig(
                        config.policy(),
                        config.slowStart(),
                        config.latency(),
                        config.hashOn(),
                        config.zones(),
                        new Weights(Map.of("pod-1*", 5)),
                        config.limits(),
                        config.retry());
            default -> config;
        };
    }

    /** What the endpoints count as in flight is what this test has open. */
    private void checkActive() {
        openPicks.forEach((endpoint, count) -> {
            if (endpoint.active() != count) {
                throw new AssertionError(endpoint + ": " + count + " are open, it counts " + endpoint.active());
            }
        });
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
        DestinationGate.Entry gate = balancer.health().gate().tryEnter();
        if (gate == null) {
            refused++;
            return;
        }
        IpAddress client = clients.get(random.nextInt(CLIENTS));
        PickContext context = new PickContext(random, client, clock.read());
        Candidates before = balancer.candidates();
        BoundEndpoint promised = balancer.boundTo(client);
        Pick pick = balancer.pick(context);
        if (pick == null) {
            gate.released();
            assertThat(before.eligible()).isEmpty();
            return;
        }
        check(pick, balancer, before);
        if (promised != null) {
            bound++;
            assertThat(pick.endpoint().endpoint()).isEqualTo(promised.endpoint());
        }
        open.add(new Opened(pick, balancer, context, gate));
        count(pick, 1);
    }

    private void count(Pick pick, int more) {
        int count = openPicks.merge(pick.endpoint(), more, Integer::sum);
        if (pick.endpoint().active() != count) {
            throw new AssertionError(pick.endpoint() + ": " + count + " are open, it counts "
                    + pick.endpoint().active());
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
        Opened opened = open.get(index);
        int dice = random.nextInt(10);
        if (dice == 0) {
            opened.balancer.connected(opened.pick, opened.context);
        } else if (dice == 1) {
            opened.pick.answered(1_000_000, clock.read());
        } else {
            open.set(index, open.get(open.size() - 1));
            open.remove(open.size() - 1);
            complete(opened, outcome(opened.pick.endpoint()));
        }
    }

    private void complete(Opened opened, Outcome outcome) {
        opened.pick.complete(outcome);
        count(opened.pick, -1);
        if (outcome == Outcome.SUCCESS) {
            opened.gate.succeeded();
        } else if (outcome.isEndpointFailure()) {
            opened.gate.failed();
        } else {
            opened.gate.released();
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
        ServiceSpec spec = ServiceSpec.builder()
                .clusterIps(List.of(IpAddress.parse("10.96.0." + number)))
                .ports(List.of(Services.HTTP))
                .affinityTimeout(name.equals("affine") ? Duration.ofSeconds(2) : null)
                .build();
        source.update(Services.service(name, spec, endpoints.values().toArray(Endpoint[]::new)));
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
                new SuccessRate(random.nextInt(4), 5, 500 + random.nextInt(1_500)),
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
        settled = true; // what failed before is judged by now
        for (int i = 0; i < 4_000; i++) {
            pick();
            while (open.size() > 5) {
                complete(open.remove(0), Outcome.SUCCESS);
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
        checkActive();
        open.forEach(opened -> complete(opened, Outcome.SUCCESS));
        checkActive();
        assertThat(openPicks).hasSizeGreaterThan(100);
        assertThat(openPicks.values()).containsOnly(0);
        for (String name : NAMES) {
            source.remove(new ServiceId("shop", name));
        }
        clock.advance(Duration.ofSeconds(1)); // probes that are under way
        assertThat(clock.isIdle()).isTrue();
        assertThat(breakers.getAllCircuitBreakers()).isEmpty();
        health.close();
        assertThat(clock.isIdle()).isTrue();
    }

    private record Opened(Pick pick, DestinationBalancer balancer, PickContext context, DestinationGate.Entry gate) {}

    private record Pod(int number, String uid, boolean ready) {

        Endpoint endpoint() {
            EndpointConditions conditions = new EndpointConditions(ready, ready, false);
            return new Endpoint(
                    IpAddress.parse("10.0.0." + number),
                    8080,
                    conditions,
                    number % 2 == 0 ? "a" : "b",
                    null,
                    Set.of(),
                    Set.of(),
                    new TargetRef("Pod", "shop", "pod-" + number, uid));
        }
    }

    /** Checks every ejection when it is made. */
    private final class Watcher implements HealthListener {

        private final Map<Rule, Integer> ejected = new HashMap<>();
        private final Set<EndpointHealth> out = new HashSet<>(); // now; each has a health of its own
        private int judged;
        private int returned;
        private int overflowed;
        private int panics;

        HealthConfig configOf(DestinationBalancer balancer) {
            return ((OutlierDetector) balancer.health()).config();
        }

        @Override
        public void ejected(EndpointState endpoint, Rule rule, Ejection ejection) {
            ejected.merge(rule, 1, Integer::sum);
            boolean again = !out.add(endpoint.health());
            if (settled) {
                throw new AssertionError("ejected, and well: " + endpoint + " " + ejection);
            }
            DestinationBalancer balancer = balancerOf(endpoint);
            if (balancer == null) {
                return; // not known yet
            }
            List<EndpointState> eligible = balancer.candidates().eligible().stream()
                    .filter(EndpointState::isEligible)
                    .toList();
            int ill = eligible.size() - healthy(eligible);
            int most = Ejections.allowed(
                    eligible.size(), configOf(balancer).outlier().maxEjectionPercent());
            judged += again ? 0 : 1;
            if (ill > most && !again) {
                throw new AssertionError(ill + " of " + eligible.size() + " ejected, allowed " + most);
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
            assertThat(out.remove(endpoint.health())).isTrue();
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
