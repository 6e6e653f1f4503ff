package io.remora.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Every scenario with every strategy. */
final class Suite {

    /** Runs of each scenario with each strategy. */
    static final int SEEDS = 30;

    private Suite() {}

    /** Runs all, on as many threads as there are processors; the order of the results does not depend on it. */
    static Results run(List<Scenario> scenarios, Function<Scenario, List<Strategy>> strategies) {
        List<Cell> pairs = new ArrayList<>();
        for (Scenario scenario : scenarios) {
            strategies.apply(scenario).forEach(strategy -> pairs.add(new Cell(scenario, strategy, List.of())));
        }
        List<RunResult> runs = IntStream.range(0, pairs.size() * SEEDS)
                .parallel()
                .mapToObj(i -> {
                    Cell pair = pairs.get(i / SEEDS);
                    return Run.of(pair.scenario(), pair.strategy(), 1 + i % SEEDS);
                })
                .toList();
        List<Cell> cells = new ArrayList<>();
        for (Cell pair : pairs) {
            int from = cells.size() * SEEDS;
            cells.add(new Cell(pair.scenario(), pair.strategy(), List.copyOf(runs.subList(from, from + SEEDS))));
        }
        return new Results(scenarios, cells);
    }

    /** All scenarios and strategies, run once however many tests ask. */
    static Results all() {
        return Holder.RESULTS;
    }

    private static final class Holder {
        static final Results RESULTS = run(Scenarios.ALL, Strategy::all);
    }
}
