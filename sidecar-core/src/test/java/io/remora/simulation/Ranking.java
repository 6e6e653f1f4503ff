package io.remora.simulation;

import io.remora.balancer.BalancerPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The policies, best first: by the geometric mean, over all scenarios, of the 99th percentile in the oracle's. A failed request
 * counts as the deadline there, so that what is lost weighs more than what is late. How often one beats another is told besides.
 */
final class Ranking {

    /**
     * How one policy did.
     *
     * @param beaten how often another policy beat it
     * @param beats how often it beat another one
     * @param ofOracle geometric mean, over the scenarios, of its 99th percentile in oracle's
     */
    record Entry(String policy, int beaten, int beats, double ofOracle) {}

    private Ranking() {}

    static List<Entry> of(Results results) {
        List<Entry> entries = new ArrayList<>();
        Arrays.stream(BalancerPolicy.values()).map(Strategy::of).forEach(one -> {
            int beaten = 0;
            int beats = 0;
            double logs = 0;
            for (Scenario scenario : results.scenarios()) {
                Cell mine = results.cell(scenario, one);
                for (Cell other : results.of(scenario)) {
                    if (other.strategy().kind() == Strategy.Kind.POLICY) {
                        beaten += other.beats(mine) ? 1 : 0;
                        beats += mine.beats(other) ? 1 : 0;
                    }
                }
                Cell oracle = results.cell(scenario, Strategy.ORACLE);
                logs += StrictMath.log(mine.p99Ms().mean() / oracle.p99Ms().mean());
            }
            entries.add(new Entry(
                    one.name(),
                    beaten,
                    beats,
                    StrictMath.exp(logs / results.scenarios().size())));
        });
        entries.sort(Comparator.comparingDouble(Entry::ofOracle));
        return entries;
    }
}
