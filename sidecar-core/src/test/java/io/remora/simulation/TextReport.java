package io.remora.simulation;

/** The results as one aligned table, for diffs. */
final class TextReport {

    private TextReport() {}

    static String of(Results results) {
        Table table = new Table(
                "scenario",
                "policy",
                "success %",
                "p50 ms",
                "p99 ms",
                "p99 answered",
                "recovery s",
                "ejections",
                "detected s",
                "failed after %",
                "least-most in trouble %",
                "least-most afterwards %");
        for (Cell cell : results.cells()) {
            table.row(
                    cell.scenario().name(),
                    cell.strategy().name(),
                    Figures.plusMinus(cell.successRate(), 100, 3),
                    Figures.plusMinus(cell.p50Ms(), 1, 1),
                    Figures.plusMinus(cell.p99Ms(), 1, 0),
                    Figures.plusMinus(cell.answeredP99Ms(), 1, 0),
                    Figures.plusMinus(cell.recoverySeconds(), 1, 2),
                    Figures.plusMinus(cell.ejections(), 1, 1),
                    Figures.plusMinus(cell.detectionSeconds(), 1, 2),
                    Figures.plusMinus(cell.failedAfterDetection(), 100, 3),
                    range(cell.shares(RunResult::inTrouble)),
                    range(cell.shares(RunResult::afterwards)));
        }
        return table.aligned();
    }

    private static String range(Shares shares) {
        return Figures.fixed(100 * shares.least(), 2) + "-" + Figures.fixed(100 * shares.most(), 2);
    }
}
