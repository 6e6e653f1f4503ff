package io.remora.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.internal.VirtualClock;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The simulator's own parts. */
class SimulatorTest {

    @Test
    void aPodIsAQueueAsTheoryHasIt() {
        // M/M/2 at 80 %: Erlang's C is 0.7111, so a request waits 0.7111 / (2 / 0.08 - 20) s on average, and is served
        // for 0.08 s.
        double expected = 0.7111 / 5 + 0.08;
        double sum = 0;
        for (int seed = 1; seed <= Suite.SEEDS; seed++) {
            sum += meanSecondsOfOnePod(seed);
        }
        assertThat(sum / Suite.SEEDS).isCloseTo(expected, within(expected * 0.03));
    }

    private static double meanSecondsOfOnePod(int seed) {
        VirtualClock clock = new VirtualClock();
        Chance chance = new Chance(seed);
        SimulatedEndpoint pod =
                new SimulatedEndpoint(0, PodSpec.GOOD, Endpoint.ready(IpAddress.parse("10.1.0.1"), 8080), clock);
        Router router = new DirectRouter(pod);
        int requests = 20_000;
        double[] sum = {0};
        int[] count = {0};
        World world = new World(
                clock,
                (began, success, endpoint) -> {
                    sum[0] += Seconds.of(clock.read() - began);
                    count[0]++;
                },
                router);
        double at = 0;
        for (int i = 0; i < requests; i++) {
            at += chance.exponential(1 / 20.0);
            double demand = chance.exponential(0.08);
            clock.schedule(
                    () -> new Link(world, IpAddress.parse("10.2.0.1")) {
                        @Override
                        void afterAnswer() {
                            close();
                        }
                    }.open(demand),
                    Seconds.toNanos(at));
        }
        clock.advanceTo(Seconds.toNanos(at + 20));
        assertThat(count[0]).isEqualTo(requests);
        return sum[0] / count[0];
    }

    @Test
    void theSameSeedGivesTheSameBytesTwice() {
        List<Scenario> some = List.of(Scenarios.named("one-of-two-resetting"), Scenarios.named("rolling-update"));
        List<Strategy> strategies = List.of(Strategy.DEFAULT, Strategy.KUBE_PROXY);

        String once = JsonReport.of(Suite.run(some, scenario -> strategies));

        assertThat(JsonReport.of(Suite.run(some, scenario -> strategies))).isEqualTo(once);
    }

    @Test
    void everyStrategyGetsTheSameRequests() {
        Scenario scenario = Scenarios.named("failing-fast");
        int requests = Run.of(scenario, Strategy.ORACLE, 3).requests();
        assertThat(Strategy.all(scenario))
                .allSatisfy(strategy ->
                        assertThat(Run.of(scenario, strategy, 3).requests()).isEqualTo(requests));
    }

    @Test
    void anIntervalIsStudents() {
        Estimate estimate = Estimate.of(1, 2, 3, 4);

        assertThat(estimate.mean()).isEqualTo(2.5);
        assertThat(estimate.margin()).isCloseTo(3.182 * 1.29099 / 2, within(1e-3));
    }

    @Test
    void numbersAreRoundedTheSameEverywhere() {
        assertThat(Figures.fixed(0.125, 2)).isEqualTo("0.13");
        assertThat(Figures.fixed(-0.001, 2)).isEqualTo("0.00");
        assertThat(Figures.fixed(-12.345, 1)).isEqualTo("-12.3");
        assertThat(Figures.fixed(9.96, 1)).isEqualTo("10.0");
        assertThat(Figures.fixed(7.4, 0)).isEqualTo("7");
    }

    /** Connects everybody to one pod. */
    private record DirectRouter(SimulatedEndpoint pod) implements Router {

        @Override
        public Runnable connect(Link link) {
            link.connected(pod, Link.Upstream.NONE);
            return () -> {};
        }

        @Override
        public void published(List<SimulatedEndpoint> endpoints) {}
    }
}
