package io.remora.balancer;

import static io.remora.balancer.BalancerFixture.pods;
import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.BalancerConfig.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class AliasTableTest {

    @Test
    void equalWeightsNeedNoTable() {
        assertThat(AliasTable.of(List.of())).isNull();
        assertThat(AliasTable.of(weighted(1, 1, 1))).isNull();
        assertThat(AliasTable.of(weighted(7, 7))).isNull();
    }

    @Test
    void drawsGoByWeight() {
        AliasTable table = Objects.requireNonNull(AliasTable.of(weighted(1, 2, 3, 4, 90)));
        Random random = new Random(9);

        assertThat(count(5, turn -> table.draw(random)))
                .satisfies(counts -> assertThat(counts[0]).isBetween(900, 1_100))
                .satisfies(counts -> assertThat(counts[1]).isBetween(1_850, 2_150))
                .satisfies(counts -> assertThat(counts[2]).isBetween(2_800, 3_200))
                .satisfies(counts -> assertThat(counts[3]).isBetween(3_800, 4_200))
                .satisfies(counts -> assertThat(counts[4]).isBetween(89_500, 90_500));
    }

    @Test
    void turnsGoByWeightMoreEvenlyThanDraws() {
        AliasTable table = Objects.requireNonNull(AliasTable.of(weighted(1, 2, 3, 4, 90)));

        int[] counts = count(5, table::atTurn);

        int[] ideal = {1_000, 2_000, 3_000, 4_000, 90_000};
        for (int i = 0; i < ideal.length; i++) {
            assertThat(counts[i]).as("weight %s", i).isBetween(ideal[i] - 15, ideal[i] + 15);
        }
    }

    private static int[] count(int size, IntUnaryOperator choice) {
        int[] counts = new int[size];
        for (int turn = 0; turn < 100_000; turn++) {
            counts[choice.applyAsInt(turn)]++;
        }
        return counts;
    }

    private static List<EndpointState> weighted(int... weights) {
        Map<String, Integer> byPattern = new LinkedHashMap<>();
        for (int i = 0; i < weights.length; i++) {
            byPattern.put("web-" + i, weights[i]);
        }
        return new BalancerFixture(BalancerConfig.DEFAULT.withWeights(new Weights(byPattern)), pods(weights.length))
                .states();
    }
}
