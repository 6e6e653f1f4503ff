package io.remora.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Every scenario with every strategy. */
final class Suite {

    /** Runs of each scenario with each strategy. */
    static final int SEEDS = 20;

    private Suite() {}

    /** Runs all, on as many threads as there are processors; the order of the results does not depend on it. */
    static Results run(List<Scenario> scenarios, List<Strategy> strategies) {
        int perScenario = strategies.size() * SEEDS;
        List<RunResult> runs = IntStream.range(0, scenarios.size() * perScenario)
                .parallel()
                .mapToObj(i ->
                        Run.of(scenarios.get(i / perScenario), strategies.get(i % perScenario / SEEDS), 1 + i % SEEDS))
                .toList();
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < runs.size(); i += SEEDS) {
            cells.add(new Cell(
                    scenarios.get(i / perScenario),
                    strategies.get(i % perScenario / SEEDS),
                    List.copyOf(runs.subList(i, i + SEEDS))));
        }
        return new Results(scenarios, strategies, cells);
    }

    /** All scenarios and strategies, run once however many tests ask. */
    static Results all() {
        return Holder.RESULTS;
    }

    private static final class Holder {
        static final Results RESULTS = run(Scenarios.ALL, Strategy.all());
    }
}
