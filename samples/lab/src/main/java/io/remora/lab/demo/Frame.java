package io.remora.lab.demo;

import io.remora.lab.demo.Style.Ink;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws a {@link View} as lines that fit the terminal's width. A pure function. */
final class Frame {
    private static final String INDENT = "       ";
    private static final String NOTE = "  (the pod works " + Stage.WORK_MILLIS + " ms)";

    private Frame() {}

    static List<String> of(View view, Style style) {
        List<String> lines = new ArrayList<>();
        String time = String.format(Locale.ROOT, "  %2d s", view.elapsed().toSeconds());
        lines.add(style.ink(Ink.BOLD, " Remora demo")
                + style.ink(Ink.DIM, cut(time + "  " + view.subject(), style.columns() - 13)));
        lines.add("");
        for (View.StepView step : view.steps()) {
            lines.addAll(step(step, style));
        }
        lines.add("");
        if (!view.pods().isEmpty()) {
            pods(view, style, lines);
            lines.add("");
            lines.addAll(totals(view, style));
        }
        return lines;
    }

    private static List<String> step(View.StepView view, Style style) {
        List<String> lines = new ArrayList<>();
        boolean pending = view.state() == View.State.PENDING;
        String title = cut(view.step().number() + "  " + view.step().title(), style.columns() - 4);
        lines.add(" " + style.mark(view.state()) + "  " + style.ink(pending ? Ink.DIM : Ink.BOLD, title));
        if (!view.text().isEmpty()) {
            for (String line : wrap(view.text(), style.columns() - INDENT.length() - 1)) {
                lines.add(INDENT + (view.state() == View.State.WRONG ? style.ink(Ink.RED, line) : line));
            }
        }
        return lines;
    }

    private static void pods(View view, Style style, List<String> lines) {
        int name =
                view.pods().stream().mapToInt(pod -> pod.name().length()).max().orElse(0);
        int node =
                view.pods().stream().mapToInt(pod -> pod.node().length()).max().orElse(0);
        int largest =
                view.pods().stream().mapToInt(View.PodView::perSecond).max().orElse(0);
        int width = Math.max(8, style.columns() - name - node - 32);
        for (View.PodView pod : view.pods()) {
            boolean used = pod.state().isEmpty();
            String bar = used ? style.bar(pod.perSecond(), Math.max(largest, 1), width) : pad(pod.state(), width);
            lines.add(" " + pad(pod.name(), name) + "  " + style.ink(Ink.DIM, pad(pod.node(), node)) + "  "
                    + style.ink(used ? Ink.GREEN : Ink.YELLOW, bar)
                    + String.format(Locale.ROOT, "  %4d/s", pod.perSecond())
                    + style.ink(Ink.DIM, String.format(Locale.ROOT, "  %6d in all", pod.answered())));
        }
    }

    private static List<String> totals(View view, Style style) {
        Tally total = view.total();
        List<String> lines = new ArrayList<>();
        String failed = total.failed() + " failed";
        lines.add(" requests    " + total.answered() + " answered, "
                + style.ink(total.failed() == 0 ? Ink.GREEN : Ink.RED, failed)
                + (total.lost() == 0
                        ? ""
                        : ", " + style.ink(Ink.YELLOW, total.lost() + " lost in flight with the killed pod")));
        String latency = " latency     " + latency(view.recent());
        lines.add(latency + style.ink(Ink.DIM, latency.length() + NOTE.length() <= style.columns() ? NOTE : ""));
        lines.add(" API server  " + view.api());
        return lines;
    }

    static String latency(Tally tally) {
        return tally.answered() == 0
                ? "no answers"
                : "median " + Judgement.millis(tally.p50()) + ", 99 % " + Judgement.millis(tally.p99()) + ", max "
                        + Judgement.millis(tally.max());
    }

    /** Breaks at spaces. */
    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text.replace('\n', ' ');
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int end = space > 0 ? space : width;
            lines.add(rest.substring(0, end));
            rest = rest.substring(end).strip();
        }
        lines.add(rest);
        return lines;
    }

    private static String pad(String text, int width) {
        return cut(text, width) + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, Math.max(0, width));
    }
}
