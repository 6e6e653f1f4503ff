package io.remora.simulation;

import java.util.List;

/** What the suite shows: a cell for each scenario and strategy. */
record Results(List<Scenario> scenarios, List<Cell> cells) {

    Cell cell(Scenario scenario, Strategy strategy) {
        return of(scenario).stream()
                .filter(each -> each.strategy().name().equals(strategy.name()))
                .findFirst()
                .orElseThrow();
    }

    /** The cells of a scenario, in the order of the strategies. */
    List<Cell> of(Scenario scenario) {
        return cells.stream()
                .filter(each -> each.scenario().name().equals(scenario.name()))
                .toList();
    }

    long requests() {
        return cells.stream()
                .flatMap(cell -> cell.runs().stream())
                .mapToLong(RunResult::requests)
                .sum();
    }
}
