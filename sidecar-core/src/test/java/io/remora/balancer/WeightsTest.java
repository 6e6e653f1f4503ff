package io.remora.balancer;

import static io.remora.balancer.BalancerFixture.pod;
import static io.remora.balancer.BalancerFixture.pods;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remora.balancer.BalancerConfig.Weights;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsTest {

    @ParameterizedTest
    @CsvSource({
        "web-0, web-0, true",
        "web-0, web-01, false",
        "web-*, web-, true",
        "web-*, web-7d4b9c6f5d-x2x4z, true",
        "web-*, my-web-0, false",
        "*-canary, web-canary, true",
        "*-canary, web-canary-0, false",
        "*canary*, web-canary-0, true",
        "a*b*c, a-b-c, true",
        "a*b*c, abc, true",
        "a*b*c, a-c-b, false",
        "ab*ba, aba, false",
        "a*ba*a, aba, false",
        "*, anything, true",
        "**, anything, true",
        "web.0, web-0, false"
    })
    void aStarStandsForAnyText(String pattern, String name, boolean matches) {
        Weights weights = new Weights(Map.of(pattern, 5));

        assertThat(weights.of(pod(name, 1, null))).isEqualTo(matches ? 5 : 1);
    }

    @Test
    void theFirstPatternThatMatchesCounts() {
        Map<String, Integer> patterns = new LinkedHashMap<>();
        patterns.put("web-canary-*", 1);
        patterns.put("web-*", 10);
        Weights weights = new Weights(patterns);

        assertThat(weights.of(pod("web-canary-0", 1, null))).isEqualTo(1);
        assertThat(weights.of(pod("web-0", 1, null))).isEqualTo(10);
        assertThat(weights.of(Endpoint.ready(IpAddress.parse("10.0.0.1"), 80))).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1001})
    void weightsHaveARange(int weight) {
        assertThatThrownBy(() -> new Weights(Map.of("web-*", weight)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("web-*")
                .hasMessageContaining("1-1000");
    }

    @ParameterizedTest
    @EnumSource(BalancerPolicy.class)
    void sequentialPicksGoByWeight(BalancerPolicy policy) {
        BalancerFixture fixture = weighted(policy);

        Map<String, Integer> shares = fixture.shares(16_000);

        assertThat(shares.get("web-0")).isBetween(9_600, 10_400);
        assertThat(shares.get("web-1")).isBetween(3_700, 4_300);
        assertThat(shares.get("web-2")).isBetween(1_800, 2_200);
    }

    @ParameterizedTest
    @EnumSource(names = "MAGLEV", mode = Mode.EXCLUDE)
    void longLivedPicksGoByWeight(BalancerPolicy policy) {
        BalancerFixture fixture = weighted(policy);
        for (int i = 0; i < 16_000; i++) {
            fixture.pick();
        }

        assertThat(fixture.states().get(0).active()).isBetween(9_600, 10_400);
        assertThat(fixture.states().get(1).active()).isBetween(3_700, 4_300);
        assertThat(fixture.states().get(2).active()).isBetween(1_800, 2_200);
    }

    @Test
    void aNewWeightCountsAtOnce() {
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.ROUND_ROBIN, pods(2));
        fixture.config = fixture.config.withWeights(new Weights(Map.of("web-0", 3)));

        fixture.update(pods(3)); // the registry tells of what changed only
        fixture.update(pods(2));

        assertThat(fixture.shares(4_000).get("web-0")).isBetween(2_990, 3_010);
    }

    private static BalancerFixture weighted(BalancerPolicy policy) {
        Weights weights = new Weights(Map.of("web-0", 5, "web-1", 2));
        return new BalancerFixture(BalancerConfig.DEFAULT.withPolicy(policy).withWeights(weights), pods(3));
    }
}
