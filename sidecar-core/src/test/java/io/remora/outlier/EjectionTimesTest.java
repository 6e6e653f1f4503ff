package io.remora.outlier;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.EndpointHealth.State;
import io.remora.balancer.Outcome;
import io.remora.outlier.OutlierConfig.EjectionTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EjectionTimesTest {

    private static final EjectionTime TIME =
            new EjectionTime(Duration.ofSeconds(30), Duration.ofSeconds(300), Duration.ZERO);

    @ParameterizedTest
    @CsvSource({"1, 30", "2, 60", "9, 270", "10, 300", "11, 300", "2147483647, 300"})
    void theTimeGrowsUpToItsLongest(int times, int seconds) {
        assertThat(EjectionTimes.nanos(times, TIME))
                .isEqualTo(Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    void theLongestNeedNotBeAMultipleOfTheBase() {
        EjectionTime odd = new EjectionTime(Duration.ofSeconds(30), Duration.ofSeconds(100), Duration.ZERO);
        assertThat(EjectionTimes.nanos(4, odd))
                .isEqualTo(Duration.ofSeconds(100).toNanos());
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "5, 0, 5", "5, 29, 5", "5, 30, 4", "5, 149, 1", "5, 150, 0", "5, 100000, 0"})
    void theCountFallsWithEveryHealthyBaseTime(int times, int healthySeconds, int left) {
        assertThat(EjectionTimes.decayed(
                        times, Duration.ofSeconds(healthySeconds).toNanos(), TIME))
                .isEqualTo(left);
    }

    @Test
    void anEndpointThatFailsAgainAndAgainIsOutForLongerAndLonger() {
        HealthFixture fixture = HealthFixture.of(HealthFixture.ROW, 2);
        for (int times = 1; times <= 12; times++) {
            fixture.eject(1);
            assertThat(fixture.ejection(1).times()).isEqualTo(times);
            long out = Math.min(300, 30L * times);
            assertThat(fixture.ejection(1).untilNanos() - fixture.clock.read()).isEqualTo(out * 1_000_000_000);
            fixture.clock.advance(Duration.ofSeconds(out));
            fixture.complete(1, 1, Outcome.SUCCESS);
            assertThat(fixture.state(1)).isEqualTo(State.HEALTHY);
        }
    }

    @Test
    void aHealthyTimeIsForgivenForEachBaseTime() {
        HealthFixture fixture = HealthFixture.of(HealthFixture.ROW, 2);
        for (int times = 1; times <= 4; times++) {
            fixture.eject(1);
            fixture.clock.advance(Duration.ofSeconds(30L * times));
            fixture.complete(1, 1, Outcome.SUCCESS);
        }
        fixture.advance("61S");

        fixture.eject(1);

        assertThat(fixture.ejection(1).times()).isEqualTo(3);
    }

    @Test
    void theJitterSpreadsThemAndOnlyLengthens() {
        OutlierConfig row = HealthFixture.IN_ROW;
        OutlierConfig jittered = new OutlierConfig(
                true,
                5,
                row.interval(),
                new EjectionTime(Duration.ofSeconds(30), Duration.ofSeconds(300), Duration.ofSeconds(3)),
                50,
                50,
                row.successRate(),
                row.failurePercentage(),
                row.comeback());
        HealthFixture fixture = HealthFixture.of(HealthConfig.OFF.withOutlier(jittered), 40);
        Set<Long> until = new HashSet<>();
        for (int i = 1; i <= 20; i++) {
            fixture.eject(i);
            long out = fixture.ejection(i).untilNanos() - fixture.clock.read();
            assertThat(out).isBetween(30_000_000_000L, 33_000_000_000L);
            until.add(out);
        }
        assertThat(until).hasSizeGreaterThan(15);
        fixture.end();
    }
}
