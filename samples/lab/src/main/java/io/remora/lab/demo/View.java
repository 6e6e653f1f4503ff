package io.remora.lab.demo;

import java.time.Duration;
import java.util.List;

/**
 * All that the screen shows at one moment.
 *
 * @param subject what runs where, for the line under the title; may be empty at first
 * @param steps all steps
 * @param pods the pods of the Service; empty until they run
 * @param total all requests so far
 * @param recent the requests of the last seconds, for the latencies
 * @param api what is known of the API server; may be empty
 * @param elapsed since the start
 */
record View(
        String subject,
        List<StepView> steps,
        List<PodView> pods,
        Tally total,
        Tally recent,
        String api,
        Duration elapsed) {

    View {
        steps = List.copyOf(steps);
        pods = List.copyOf(pods);
    }

    /** How far a step is. */
    enum State {
        PENDING,
        RUNNING,
        OK,
        WRONG
    }

    /**
     * A step.
     *
     * @param text what happens in it now, or how it went
     */
    record StepView(Step step, State state, String text) {}

    /**
     * A pod.
     *
     * @param state why it gets no requests ({@code killed}, {@code starting}); empty if it should
     * @param perSecond what it answered within the last second
     * @param answered what it answered in all
     */
    record PodView(String name, String node, String state, int perSecond, int answered) {}
}
