package io.remora.samples.shop.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.samples.shop.web.Traffic.PodTraffic;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private long now;
    private final Traffic traffic = new Traffic(() -> now);

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void eachPodHasItsShareOfWhatWasAnswered() {
        pass(Duration.ofSeconds(20));
        for (int i = 1; i <= 100; i++) {
            traffic.ended(Part.STOCK, i <= 75 ? "one" : "two", i * 1_000_000L, i == 100);
        }
        traffic.ended(Part.STOCK, null, 5_000_000, true);
        traffic.ended(Part.REVIEWS, "three", 1, false);
        assertThat(traffic.of(Part.STOCK))
                .containsExactly(
                        new PodTraffic("", 1, 0, 0.1, 1, 5),
                        new PodTraffic("one", 75, 0.75, 7.5, 0, 75),
                        new PodTraffic("two", 25, 0.25, 2.5, 1, 100));
        assertThat(traffic.of(Part.CATALOG)).isEmpty();
    }

    @Test
    void whatIsOlderThanTheWindowIsForgotten() {
        traffic.ended(Part.STOCK, "one", 1, false);
        pass(Traffic.WINDOW);
        traffic.ended(Part.STOCK, "two", 1, false);
        assertThat(pods()).containsExactly("one", "two");
        pass(Duration.ofMillis(1));
        assertThat(pods()).containsExactly("two");
        pass(Traffic.WINDOW);
        assertThat(pods()).isEmpty();
    }

    @Test
    void theRateOfAPodThatHasJustBegunIsOfTheTimeThatThereWas() {
        pass(Duration.ofSeconds(2));
        for (int i = 0; i < 10; i++) {
            traffic.ended(Part.STOCK, "one", 1, false);
        }
        assertThat(traffic.of(Part.STOCK).get(0).perSecond()).isEqualTo(5);
    }

    @Test
    void noMoreIsKeptThanItHasRoomFor() {
        for (int i = 0; i < 25_000; i++) {
            traffic.ended(Part.STOCK, "one", 1, false);
        }
        assertThat(traffic.of(Part.STOCK).get(0).calls()).isEqualTo(20_000);
    }

    private List<String> pods() {
        return traffic.of(Part.STOCK).stream().map(PodTraffic::pod).toList();
    }
}
