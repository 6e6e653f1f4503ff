package io.remora.lab.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What is known at the moment of the run: the scenario writes it, the painter reads it. Thread-safe. */
final class Board {
    private static final long SECOND_MICROS = 1_000_000;
    private static final long RECENT_MICROS = 3 * SECOND_MICROS;

    private final long begin = System.nanoTime();
    private final Traffic traffic = new Traffic();
    private final Map<Step, View.StepView> steps = new EnumMap<>(Step.class);
    private final Map<String, PodLine> pods = new LinkedHashMap<>();
    private final Screen screen;
    private String subject = "";
    private String api = "";

    private record PodLine(String node, String state) {}

    Board(Screen screen) {
        this.screen = screen;
        for (Step step : Step.values()) {
            steps.put(step, new View.StepView(step, View.State.PENDING, ""));
        }
    }

    Traffic traffic() {
        return traffic;
    }

    Screen screen() {
        return screen;
    }

    synchronized void subject(String text) {
        subject = text;
    }

    /** Something happened before or after the steps. */
    void say(String text) {
        subject(text);
        screen.say(view(), text);
    }

    synchronized void api(String text) {
        api = text;
    }

    synchronized void pod(String name, String node, String state) {
        pods.put(name, new PodLine(node, state));
    }

    void begin(Step step) {
        set(step, View.State.RUNNING, "");
        screen.say(view(), "step " + step.number() + ": " + step.title());
    }

    void happens(Step step, String text) {
        set(step, View.State.RUNNING, text);
        screen.say(view(), "  " + text);
    }

    void done(Step step, StepResult result) {
        set(step, result.ok() ? View.State.OK : View.State.WRONG, result.text());
        screen.say(view(), "step " + step.number() + (result.ok() ? " ok: " : " NOT TRUE: ") + result.text());
    }

    private synchronized void set(Step step, View.State state, String text) {
        steps.put(step, new View.StepView(step, state, text));
    }

    /** Whether every step was done and true, and no request failed between them either. */
    synchronized boolean allTrue() {
        return traffic.all().failed() == 0 && steps.values().stream().allMatch(step -> step.state() == View.State.OK);
    }

    /** The steps that were not true or not done. */
    synchronized List<Step> notTrue() {
        return steps.values().stream()
                .filter(step -> step.state() != View.State.OK)
                .map(View.StepView::step)
                .toList();
    }

    synchronized View view() {
        long now = nowMicros();
        Tally total = traffic.all();
        Map<String, Integer> lastSecond = traffic.answeredBetween(now - SECOND_MICROS, now);
        List<View.PodView> lines = pods.entrySet().stream()
                .map(pod -> new View.PodView(
                        pod.getKey(),
                        pod.getValue().node(),
                        pod.getValue().state(),
                        Objects.requireNonNullElse(lastSecond.get(pod.getKey()), 0),
                        total.answeredBy(pod.getKey())))
                .toList();
        return new View(
                subject,
                List.copyOf(steps.values()),
                lines,
                total,
                traffic.since(now - RECENT_MICROS),
                api,
                Duration.ofNanos(System.nanoTime() - begin));
    }

    /** The clock of {@link Sample}. */
    static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}
