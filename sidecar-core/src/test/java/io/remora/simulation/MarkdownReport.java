package io.remora.simulation;

import java.util.List;

/** The results for people. Numbers come from the runs, prose from {@link Prose}. */
final class MarkdownReport {

    private final Results results;
    private final StringBuilder text = new StringBuilder();

    private MarkdownReport(Results results) {
        this.results = results;
    }

    static String of(Results results) {
        MarkdownReport report = new MarkdownReport(results);
        report.text.append(Prose.of("intro")).append('\n');
        report.overview();
        report.ranking();
        report.text.append('\n').append(Prose.of("default-policy"));
        report.oracle();
        report.text.append("\n## The thresholds\n\n").append(Prose.of("thresholds"));
        report.text.append("\n## The scenarios\n");
        results.scenarios().forEach(report::scenario);
        return report.text.toString();
    }

    private void overview() {
        text.append("## At a glance\n\nSuccess in %, and p99 in ms in brackets; ");
        text.append("`" + Strategy.DEFAULT.name() + "` is the default policy.\n\n");
        Table table = new Table(
                "scenario",
                Strategy.KUBE_PROXY.name(),
                Strategy.ROUND_ROBIN.name(),
                "**" + Strategy.DEFAULT.name() + "**",
                Strategy.ORACLE.name());
        for (Scenario scenario : results.scenarios()) {
            table.row(
                    "[" + scenario.name() + "](#" + scenario.name() + ")",
                    brief(results.cell(scenario, Strategy.KUBE_PROXY)),
                    brief(results.cell(scenario, Strategy.ROUND_ROBIN)),
                    "**" + brief(results.cell(scenario, Strategy.DEFAULT)) + "**",
                    brief(results.cell(scenario, Strategy.ORACLE)));
        }
        text.append(table.markdown());
    }

    private static String brief(Cell cell) {
        return Figures.fixed(100 * cell.successRate().mean(), 2) + " ("
                + Figures.fixed(cell.p99Ms().mean(), 0) + ")";
    }

    private void ranking() {
        text.append("\n## The policies against each other\n\n");
        text.append(
                "The best is the one whose p99 is closest to the oracle's, by the geometric mean of the ratios over all "
                        + "scenarios. A failed request counts as 10 s there, so that what is lost weighs more than what is late. "
                        + "Besides, it is counted how often a policy beats another one in a scenario: by a success rate that is higher, "
                        + "or, where success is even, by a p99 that is lower, in either case beyond the 95 % interval of the "
                        + "difference, seed by seed, since both get the same requests. That count does not see by how much.\n\n");
        Table table = new Table("", "policy", "p99 ÷ oracle's", "beats", "beaten");
        int place = 1;
        for (Ranking.Entry entry : Ranking.of(results)) {
            boolean chosen = entry.policy().equals(Strategy.DEFAULT.name());
            table.row(
                    Integer.toString(place++),
                    "`" + entry.policy() + "`" + (chosen ? " (default)" : ""),
                    Figures.fixed(entry.ofOracle(), 2),
                    Integer.toString(entry.beats()),
                    Integer.toString(entry.beaten()));
        }
        text.append(table.markdown());
    }

    private void oracle() {
        text.append("\n## Short of the oracle\n\n").append(Prose.of("oracle")).append('\n');
        Table table = new Table("scenario", "success, points below", "p99, times as long", "why");
        for (Scenario scenario : results.scenarios()) {
            Cell mine = results.cell(scenario, Strategy.DEFAULT);
            Cell best = results.cell(scenario, Strategy.ORACLE);
            table.row(
                    scenario.name(),
                    Figures.fixed(
                            100
                                    * (best.successRate().mean()
                                            - mine.successRate().mean()),
                            2),
                    Figures.fixed(mine.p99Ms().mean() / best.p99Ms().mean(), 2),
                    Prose.line("short-of-oracle", scenario));
        }
        text.append(table.markdown());
    }

    private void scenario(Scenario scenario) {
        text.append("\n### " + scenario.name() + "\n\n" + scenario.about() + "\n\n");
        text.append("![" + scenario.name() + "](" + scenario.name() + ".svg)\n\n");
        Table table = new Table(
                "policy",
                "success %",
                "p50 ms",
                "p99 ms",
                "p99 of answers",
                "failed after detection %",
                "recovery s",
                "ejections");
        List<Cell> cells = results.of(scenario);
        for (Cell cell : cells) {
            table.row(
                    cell.strategy().name(),
                    Figures.plusMinus(cell.successRate(), 100, 2),
                    Figures.plusMinus(cell.p50Ms(), 1, 0),
                    Figures.plusMinus(cell.p99Ms(), 1, 0),
                    Figures.plusMinus(cell.answeredP99Ms(), 1, 0),
                    Figures.plusMinus(cell.failedAfterDetection(), 100, 2),
                    Figures.plusMinus(cell.recoverySeconds(), 1, 1),
                    Figures.plusMinus(cell.ejections(), 1, 1));
        }
        text.append(table.markdown())
                .append("\nShare of one endpoint of a group, during the trouble → afterwards:\n\n");
        shares(cells);
    }

    private void shares(List<Cell> cells) {
        String[] groups =
                cells.get(0).shares(RunResult::inTrouble).byGroup().keySet().toArray(new String[0]);
        String[] head = new String[groups.length + 1];
        head[0] = "policy";
        System.arraycopy(groups, 0, head, 1, groups.length);
        Table table = new Table(head);
        for (Cell cell : cells) {
            Shares before = cell.shares(RunResult::inTrouble);
            Shares after = cell.shares(RunResult::afterwards);
            boolean ends = cell.scenario().troubleTo() < Scenario.LENGTH;
            String[] row = new String[head.length];
            row[0] = cell.strategy().name();
            for (int i = 0; i < groups.length; i++) {
                row[i + 1] = share(before, groups[i]) + (ends ? " → " + share(after, groups[i]) : "");
            }
            table.row(row);
        }
        text.append(table.markdown());
    }

    private static String share(Shares shares, String group) {
        double share = shares.byGroup().getOrDefault(group, 0.0);
        return Figures.fixed(100 * share, share < 0.01 ? 3 : 1) + " %";
    }
}
