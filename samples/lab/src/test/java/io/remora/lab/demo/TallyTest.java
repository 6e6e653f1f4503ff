package io.remora.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TallyTest {
    private static final Kill KILL = new Kill(1_000, 2_000);

    @Test
    void sampleIsReadAsItWasWritten() {
        Sample answered = Sample.answered(12, 34, "web-1");
        Sample failed = Sample.failed(12, 34, "SocketException: Connection reset");

        assertThat(Sample.parse(answered.line())).contains(answered);
        assertThat(Sample.parse(failed.line())).contains(failed);
        assertThat(Sample.parse("Exception in thread main")).isEmpty();
    }

    @Test
    void requestThatWasUnderWayWhenThePodDiedIsLost() {
        Tally tally = Tally.of(List.of(Sample.failed(900, 200, "reset"), Sample.failed(1_500, 9_000, "reset")), KILL);

        assertThat(tally.lost()).isEqualTo(2);
        assertThat(tally.failed()).isZero();
    }

    @Test
    void connectionThatBeganAfterTheDeathIsNotExcused() {
        Tally tally = Tally.of(List.of(Sample.failed(2_000, 10, "refused")), KILL);

        assertThat(tally.lost()).isZero();
        assertThat(tally.failed()).isEqualTo(1);
        assertThat(tally.firstError()).isEqualTo("refused");
    }

    @Test
    void requestThatFailedBeforeTheKillIsNotExcused() {
        assertThat(Tally.of(List.of(Sample.failed(900, 50, "reset")), KILL).failed())
                .isEqualTo(1);
    }

    @Test
    void answersAreCountedByPodWithTheirLatencies() {
        List<Sample> samples = List.of(
                Sample.answered(0, 40_000, "web-1"),
                Sample.answered(0, 50_000, "web-2"),
                Sample.answered(0, 60_000, "web-1"));

        Tally tally = Tally.of(samples, Kill.NONE);

        assertThat(tally.answers()).isEqualTo(Map.of("web-1", 2, "web-2", 1));
        assertThat(tally.answered()).isEqualTo(3);
        assertThat(tally.p50()).isEqualTo(50_000);
        assertThat(tally.max()).isEqualTo(60_000);
    }

    @Test
    void trafficKnowsTheFirstAnswerAndTheRate() {
        Traffic traffic = new Traffic();
        traffic.add(Sample.answered(100, 50, "web-1"));
        traffic.add(Sample.answered(200, 50, "web-1"));

        assertThat(traffic.firstAnswerOf("web-1")).hasValue(150);
        assertThat(traffic.firstAnswerOf("web-2")).isEmpty();
        assertThat(traffic.answeredBetween(200, 300)).isEqualTo(Map.of("web-1", 1));
        assertThat(traffic.since(200).answered()).isEqualTo(1);
    }
}
