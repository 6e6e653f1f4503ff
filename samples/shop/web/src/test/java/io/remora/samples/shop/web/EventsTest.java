package io.remora.samples.shop.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.samples.shop.web.RemoraState.EndpointState;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EventsTest {
    private final Events events = new Events(Clock.fixed(Instant.parse("2026-01-02T03:04:05.6Z"), ZoneOffset.UTC));

    private static EndpointState pod(String name, String state, String reason) {
        return new EndpointState(Part.STOCK, name, "10.0.0.1:80", state, reason, null, 0, 0, 0);
    }

    private void look(EndpointState... endpoints) {
        events.look(new RemoraState("agent", null, List.of(endpoints)));
    }

    private Stream<String> texts() {
        return events.list().stream().map(event -> event.kind() + ": " + event.text());
    }

    @Test
    void whatIsThereAtFirstIsNoEventUnlessItIsEjected() {
        look(pod("one", "used", ""), pod("two", "ejected", "3 failures"));
        assertThat(events.list())
                .containsExactly(
                        new Events.Event("2026-01-02T03:04:05Z", "ejected", "two of stock is ejected: 3 failures"));
    }

    @Test
    void anEjectionIsToldToItsEnd() {
        look(pod("one", "used", ""));
        look(pod("one", "ejected", "3 failures"));
        look(pod("one", "ejected", "3 failures"));
        look(pod("one", "trial", "3 failures"));
        look(pod("one", "used", ""));
        assertThat(texts())
                .containsExactly(
                        "back: one of stock is used again",
                        "trial: one of stock is on trial",
                        "ejected: one of stock is ejected: 3 failures");
    }

    @Test
    void podsComeAndGo() {
        look(pod("one", "used", ""));
        look(pod("one", "ineligible", "not ready"), pod("two", "used", ""));
        look(pod("two", "used", ""));
        assertThat(texts())
                .containsExactlyInAnyOrder(
                        "went: one of stock is gone",
                        "went: one of stock is not used: not ready",
                        "came: two of stock is new");
    }

    @Test
    void wordsOfNobodySayNothingOfThePods() {
        look(pod("one", "used", ""));
        look();
        look(pod("one", "used", ""));
        assertThat(events.list()).isEmpty();
    }

    @Test
    void onlyTheLastAreKept() {
        for (int i = 0; i < 100; i++) {
            events.told("number " + i);
        }
        assertThat(events.list())
                .hasSize(30)
                .first()
                .extracting(Events.Event::text)
                .isEqualTo("number 99");
    }
}
