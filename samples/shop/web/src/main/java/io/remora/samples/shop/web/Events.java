package io.remora.samples.shop.web;

import io.remora.samples.shop.web.RemoraState.EndpointState;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What has changed from one look at Remora to the next. Thread-safe. */
final class Events {
    private static final int KEPT = 30;

    private final Clock clock;
    private final Deque<Event> events = new ArrayDeque<>();
    private final Map<String, EndpointState> last = new HashMap<>();

    Events(Clock clock) {
        this.clock = clock;
    }

    /**
     * Something that happened.
     *
     * @param at ISO 8601, in UTC
     * @param kind {@code ejected}, {@code trial}, {@code back}, {@code came}, {@code went}, {@code told}
     */
    record Event(String at, String kind, String text) {}

    synchronized void told(String text) {
        add("told", text);
    }

    /** Compares with the state of the call before, of which there may be none. */
    synchronized void look(RemoraState state) {
        boolean first = last.isEmpty();
        if (state.endpoints().isEmpty()) {
            return; // nobody answers, which says nothing of the pods
        }
        Map<String, EndpointState> now = new HashMap<>();
        for (EndpointState endpoint : state.endpoints()) {
            String key = endpoint.part() + " " + endpoint.pod() + " " + endpoint.address();
            now.put(key, endpoint);
            EndpointState before = last.get(key);
            if (before == null) {
                if (!first || endpoint.state().equals("ejected")) {
                    changed(endpoint, first ? "" : "came");
                }
            } else if (!before.state().equals(endpoint.state())) {
                changed(endpoint, "");
            }
        }
        last.forEach((key, endpoint) -> {
            if (!now.containsKey(key)) {
                add("went", endpoint.pod() + " of " + endpoint.part().label() + " is gone");
            }
        });
        last.clear();
        last.putAll(now);
    }

    private void changed(EndpointState endpoint, String came) {
        String pod = endpoint.pod() + " of " + endpoint.part().label();
        switch (endpoint.state()) {
            case "ejected" -> add("ejected", pod + " is ejected: " + endpoint.reason());
            case "trial" -> add("trial", pod + " is on trial");
            case "used" -> add(came.isEmpty() ? "back" : came, pod + (came.isEmpty() ? " is used again" : " is new"));
            default -> add("went", pod + " is not used: " + endpoint.reason());
        }
    }

    private void add(String kind, String text) {
        events.addFirst(
                new Event(Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString(), kind, text));
        if (events.size() > KEPT) {
            events.removeLast();
        }
    }

    /** The last first. */
    synchronized List<Event> list() {
        return List.copyOf(events);
    }
}
