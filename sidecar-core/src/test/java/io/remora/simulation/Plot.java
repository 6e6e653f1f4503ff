package io.remora.simulation;

import java.util.List;

/** The picture of one scenario: success over time, and the 99th percentile of each strategy. */
final class Plot {

    private static final int WIDTH = 900;
    private static final int TOP = 34;
    private static final int BOTTOM = 250;
    private static final int LEFT = 48;
    private static final int RIGHT = 500;
    private static final int BARS = 650;
    private static final int BARS_END = 840;
    private static final String ORACLE = "#2a9d4a";
    private static final String REMORA = "#1f5fbf";
    private static final String PLAIN = "#d1495b";
    private static final String PALE = "#9db8de";

    private final Results results;
    private final Scenario scenario;
    private final Svg svg;

    private Plot(Results results, Scenario scenario) {
        this.results = results;
        this.scenario = scenario;
        this.svg = new Svg(WIDTH, BOTTOM + 50, scenario.name());
    }

    static String of(Results results, Scenario scenario) {
        Plot plot = new Plot(results, scenario);
        plot.timeline();
        plot.bars();
        return plot.svg.done();
    }

    private void timeline() {
        svg.text(LEFT, 18, "start", "successful requests, % of those that began in each second");
        double from = x(scenario.troubleFrom());
        svg.rectangle(from, TOP, x(scenario.troubleTo()) - from, BOTTOM - TOP, "#f4ecd8");
        for (int percent = 0; percent <= 100; percent += 25) {
            double y = y(percent / 100.0);
            svg.line(LEFT, y, RIGHT, y, "#dddddd");
            svg.text(LEFT - 6, y + 4, "end", Integer.toString(percent));
        }
        for (int second = 0; second <= Scenario.LENGTH; second += 20) {
            svg.text(x(second), BOTTOM + 16, "middle", second + " s");
        }
        curve(Strategy.KUBE_PROXY, PLAIN, "");
        curve(Strategy.DEFAULT, REMORA, "");
        curve(Strategy.ORACLE, ORACLE, "4 4");
        legend(LEFT, Strategy.KUBE_PROXY, PLAIN);
        legend(LEFT + 160, Strategy.DEFAULT, REMORA);
        legend(LEFT + 320, Strategy.ORACLE, ORACLE);
    }

    private void legend(int x, Strategy strategy, String colour) {
        svg.rectangle(x, BOTTOM + 30, 14, 8, colour);
        svg.text(x + 20, BOTTOM + 38, "start", strategy.name());
    }

    private void curve(Strategy strategy, String colour, String dashes) {
        Cell cell = results.cell(scenario, strategy);
        double[] points = new double[Scenario.LENGTH * 2];
        for (int second = 0; second < Scenario.LENGTH; second++) {
            points[2 * second] = x(second + 0.5);
            points[2 * second + 1] = y(cell.successAt(second));
        }
        svg.path(points, colour, dashes);
    }

    private static double x(double second) {
        return LEFT + (RIGHT - LEFT) * second / Scenario.LENGTH;
    }

    private static double y(double part) {
        return BOTTOM - (BOTTOM - TOP) * part;
    }

    private void bars() {
        svg.text(BARS - 110, 18, "start", "p99 in ms, a failure counted as 10 s (scale: logarithm)");
        List<Cell> cells = results.of(scenario);
        double step = (BOTTOM - TOP) / (double) cells.size();
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            double y = TOP + step * i;
            double length = (BARS_END - BARS) * StrictMath.log(cell.p99Ms().mean() / 100) / StrictMath.log(100);
            double width = length < 1 ? 1 : length;
            svg.text(BARS - 6, y + step / 2 + 4, "end", cell.strategy().name());
            svg.rectangle(BARS, y + 2, width, step - 4, colour(cell.strategy()));
            svg.text(
                    BARS + width + 5,
                    y + step / 2 + 4,
                    "start",
                    Figures.fixed(cell.p99Ms().mean(), 0));
        }
    }

    private static String colour(Strategy strategy) {
        return switch (strategy.kind()) {
            case ORACLE -> ORACLE;
            case BASELINE -> PLAIN;
            case VARIANT -> PALE;
            case POLICY -> strategy.name().equals(Strategy.DEFAULT.name()) ? REMORA : PALE;
        };
    }
}
