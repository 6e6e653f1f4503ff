package io.remora.outlier;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.BalancerRules;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointHealth;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.balancer.Pick;
import io.remora.balancer.PickContext;
import io.remora.discovery.Endpoint;
import io.remora.discovery.ServiceId;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.internal.VirtualClock;
import io.remora.registry.DestinationId;
import io.remora.registry.ServiceRegistry;
import io.remora.registry.Services;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;

/** One Service behind the real registry and balancer, whose health runs on a virtual clock. */
final class HealthFixture implements HealthListener, Prober {

    /** No jitter, and no rule but the one of failures in a row. */
    static final OutlierConfig IN_ROW = new OutlierConfig(
            true,
            5,
            Duration.ofSeconds(10),
            new OutlierConfig.EjectionTime(Duration.ofSeconds(30), Duration.ofSeconds(300), Duration.ZERO),
            50,
            50,
            new OutlierConfig.SuccessRate(0, 100, 1900),
            new OutlierConfig.FailurePercentage(0, 2, 20),
            OutlierConfig.Comeback.CONNECTION);

    static final HealthConfig ROW = HealthConfig.OFF.withOutlier(IN_ROW);

    final VirtualClock clock = new VirtualClock();
    final Random random = new Random(7);
    final List<String> events = new ArrayList<>();
    final List<String> probes = new ArrayList<>();
    final List<Consumer<Result>> openProbes = new ArrayList<>();
    final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
    final HealthRegistry health;
    final BalancerRegistry balancers;
    private final StaticDiscoverySource source = new StaticDiscoverySource(List.of());
    private final ServiceRegistry registry;
    private HealthConfig config;
    private boolean proberClosed;
    boolean proberThrows;

    HealthFixture(HealthConfig config, Endpoint... endpoints) {
        this.config = config;
        health = new HealthRegistry(
                service -> this.config, this, clock, clock, () -> random, () -> this, () -> breakers);
        balancers = new BalancerRegistry(
                BalancerRules.always(BalancerConfig.DEFAULT.withPolicy(BalancerPolicy.ROUND_ROBIN)),
                health,
                OutcomeListener.NONE,
                clock);
        registry = new ServiceRegistry(source, List.of(balancers), Runnable::run);
        registry.start();
        update(endpoints);
    }

    static HealthFixture of(HealthConfig config, int endpoints) {
        return new HealthFixture(config, some(endpoints));
    }

    static Endpoint[] some(int count) {
        String[] ips = new String[count];
        for (int i = 0; i < count; i++) {
            ips[i] = "10.0." + i / 200 + "." + (i % 200 + 1);
        }
        return Services.ready(ips);
    }

    void update(Endpoint... endpoints) {
        source.update(Services.service("web", "10.96.0.1", endpoints));
    }

    void remove() {
        source.remove(new ServiceId("shop", "web"));
    }

    /** The Service changes in a way that matters only to who asks its rules. */
    void reconfigure(HealthConfig newer, Endpoint... endpoints) {
        config = newer;
        update(endpoints);
    }

    DestinationBalancer balancer() {
        assertThat(balancers.all()).hasSize(1);
        return balancers.all().iterator().next();
    }

    EndpointState endpoint(int number) {
        return balancer().candidates().eligible().get(number - 1);
    }

    EndpointHealth.State state(int number) {
        return endpoint(number).health().state();
    }

    Ejection ejection(int number) {
        Ejection ejection = endpoint(number).health().ejection();
        assertThat(ejection).isNotNull();
        return Objects.requireNonNull(ejection);
    }

    Pick pick() {
        Pick pick = balancer().pick(context());
        assertThat(pick).isNotNull();
        return Objects.requireNonNull(pick);
    }

    PickContext context() {
        return new PickContext(random, null, clock.read());
    }

    /** Picks until the given endpoint comes; what came before did what it was asked for. */
    Pick pick(int number) {
        EndpointState wanted = endpoint(number);
        for (int i = 0; i < 20_000; i++) {
            Pick pick = pick();
            if (pick.endpoint() == wanted) {
                return pick;
            }
            pick.complete(Outcome.SUCCESS);
        }
        throw new AssertionError("endpoint " + number + " is not picked");
    }

    void complete(int number, int times, Outcome outcome) {
        for (int i = 0; i < times; i++) {
            pick(number).complete(outcome);
        }
    }

    /** Ends that many picks that were made while the endpoint was healthy. */
    void completeAtOnce(int number, int times, Outcome outcome) {
        List<Pick> picks = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            picks.add(pick(number));
        }
        picks.forEach(pick -> pick.complete(outcome));
    }

    /** Ejects by two refusals. */
    void eject(int number) {
        complete(number, 2, Outcome.REFUSED);
        assertThat(state(number)).isEqualTo(EndpointHealth.State.EJECTED);
    }

    void advance(String time) {
        clock.advance(Duration.parse("PT" + time));
    }

    @Override
    public void close() {
        proberClosed = true;
    }

    /** Ends what there is; nothing may be to come. */
    void end() {
        health.close();
        assertThat(clock.isIdle()).isTrue();
    }

    boolean isProberClosed() {
        return proberClosed;
    }

    @Override
    public void ejected(EndpointState endpoint, Rule rule, Ejection ejection) {
        events.add("ejected " + number(endpoint) + " " + rule.label() + " " + ejection.times());
    }

    @Override
    public void overflowed(EndpointState endpoint, Rule rule) {
        events.add("overflowed " + number(endpoint) + " " + rule.label());
    }

    @Override
    public void returned(EndpointState endpoint, Ejection last) {
        events.add("returned " + number(endpoint) + " " + last.times());
    }

    @Override
    public void panicked(DestinationId destination, boolean panic) {
        events.add("panic " + panic);
    }

    @Override
    public void shut(DestinationId destination, boolean shut) {
        events.add("shut " + shut);
    }

    private static String number(EndpointState endpoint) {
        String ip = endpoint.endpoint().ip().toString();
        return ip.substring(ip.lastIndexOf('.') + 1);
    }

    @Override
    public void probe(
            ProbeConfig.Kind kind, InetSocketAddress address, String path, Duration timeout, Consumer<Result> result) {
        probes.add(kind.text() + " " + address.getAddress().getHostAddress());
        if (proberThrows) {
            throw new IllegalStateException("no probe");
        }
        openProbes.add(result);
    }

    /** Ends the probes under way. */
    void answerProbes(Result result) {
        List<Consumer<Result>> open = List.copyOf(openProbes);
        openProbes.clear();
        open.forEach(each -> each.accept(result));
    }
}
