package io.remora.lab.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/** Lines for a file or a pipe: what happens, and every two seconds how the traffic is. Thread-safe. */
final class PlainScreen implements Screen {
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final PrintStream out;
    private Duration last = Duration.ZERO;
    private boolean finished;

    PlainScreen(PrintStream out) {
        this.out = out;
    }

    @Override
    public synchronized void say(View view, String text) {
        print(view, text);
    }

    @Override
    public synchronized void tick(View view) {
        if (!finished
                && view.total().answered() > 0
                && view.elapsed().minus(last).compareTo(EVERY) >= 0) {
            last = view.elapsed();
            print(view, "  " + status(view));
        }
    }

    @Override
    public synchronized void finish(View view) {
        finished = true;
        for (View.StepView step : view.steps()) {
            out.println(summary(step));
        }
        out.flush();
    }

    private void print(View view, String text) {
        out.println(String.format(Locale.ROOT, "%5.1f s  %s", view.elapsed().toMillis() / 1000.0, text));
        out.flush();
    }

    /** The traffic as one line. */
    static String status(View view) {
        String pods = view.pods().stream()
                .map(pod -> pod.name() + " " + (pod.state().isEmpty() ? pod.perSecond() + "/s" : pod.state()))
                .collect(Collectors.joining("  "));
        Tally total = view.total();
        return pods + " | " + total.answered() + " answered, " + total.failed() + " failed, " + total.lost()
                + " lost | " + Frame.latency(view.recent()) + " | API server " + view.api();
    }

    /** A step's end as one line. */
    static String summary(View.StepView view) {
        String mark = switch (view.state()) {
            case OK -> "ok       ";
            case WRONG -> "NOT TRUE ";
            case PENDING, RUNNING -> "not done ";
        };
        return mark + view.step().number() + "  " + view.step().title()
                + (view.text().isEmpty() ? "" : ": " + view.text());
    }
}
