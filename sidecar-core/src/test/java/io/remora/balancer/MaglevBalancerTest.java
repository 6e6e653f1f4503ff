package io.remora.balancer;

import static io.remora.balancer.BalancerFixture.name;
import static io.remora.balancer.BalancerFixture.pods;
import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.BalancerConfig.HashOn;
import io.remora.balancer.BalancerConfig.SlowStart;
import io.remora.balancer.BalancerConfig.Weights;
import io.remora.discovery.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaglevBalancerTest {

    private static final int CLIENTS = 10_000;
    private static final Endpoint[] TEN = pods(10);

    @ParameterizedTest
    @CsvSource({"1, 4093", "3, 4093", "64, 4093", "65, 65537", "1000, 65537", "5000, 65537"})
    void theTableGivesAllTheSameNumberOfPlacesUpToOne(int endpoints, int size) {
        MaglevTable table = MaglevTable.of(
                BalancerFixture.of(BalancerPolicy.MAGLEV, pods(endpoints)).states());

        int[] places = places(table);

        assertThat(table.size()).isEqualTo(size);
        assertThat(Arrays.stream(places).max().orElseThrow()
                        - Arrays.stream(places).min().orElseThrow())
                .isLessThanOrEqualTo(1);
        assertThat(Arrays.stream(places).sum()).isEqualTo(size);
    }

    @Test
    void placesGoByWeight() {
        BalancerConfig config = BalancerConfig.DEFAULT
                .withPolicy(BalancerPolicy.MAGLEV)
                .withWeights(new Weights(Map.of("web-0", 30, "web-1", 15, "web-2", 10)));
        MaglevTable table = MaglevTable.of(new BalancerFixture(config, pods(3)).states());

        int[] places = places(table);

        assertThat(places[0]).isBetween(4093 * 30 / 55 - 3, 4093 * 30 / 55 + 3);
        assertThat(places[1]).isBetween(4093 * 15 / 55 - 3, 4093 * 15 / 55 + 3);
        assertThat(places[2]).isBetween(4093 * 10 / 55 - 3, 4093 * 10 / 55 + 3);
    }

    @Test
    void everyAgentHasTheSameTableInWhateverOrderItHeardOfTheEndpoints() {
        List<Endpoint> shuffled = new ArrayList<>(List.of(TEN));
        Collections.shuffle(shuffled, new Random(3));

        assertThat(choices(BalancerFixture.of(BalancerPolicy.MAGLEV, shuffled.toArray(new Endpoint[0]))))
                .isEqualTo(choices(BalancerFixture.of(BalancerPolicy.MAGLEV, TEN)));
    }

    @Test
    void aClientStaysAndClientsAreSpread() {
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.MAGLEV, TEN);

        List<String> choices = choices(fixture);

        assertThat(choices(fixture)).isEqualTo(choices);
        for (int pod = 0; pod < 10; pod++) {
            assertThat(Collections.frequency(choices, "web-" + pod)).isBetween(880, 1_120);
        }
    }

    @Test
    void aNewEndpointTakesItsShareAndHardlyAnyoneElseMoves() {
        BalancerFixture fixture = off(TEN);
        List<String> before = choices(fixture);

        fixture.update(pods(11));

        List<String> after = choices(fixture);
        int elsewhere = 0;
        for (int i = 0; i < CLIENTS; i++) {
            if (!after.get(i).equals(before.get(i)) && !after.get(i).equals("web-10")) {
                elsewhere++;
            }
        }
        assertThat(Collections.frequency(after, "web-10")).isBetween(800, 1_020);
        assertThat(elsewhere).isLessThan(CLIENTS * 6 / 100);
        fixture.update(TEN);
        assertThat(choices(fixture)).isEqualTo(before);
    }

    @Test
    void whileAnEndpointIsEjectedNobodyElseMovesAndItsClientsComeBack() {
        BalancerFixture fixture = off(TEN);
        List<String> before = choices(fixture);

        fixture.health.eject("web-3", "web-7");

        List<String> during = choices(fixture);
        for (int i = 0; i < CLIENTS; i++) {
            if (before.get(i).equals("web-3") || before.get(i).equals("web-7")) {
                assertThat(during.get(i)).isNotIn("web-3", "web-7");
            } else {
                assertThat(during.get(i)).isEqualTo(before.get(i));
            }
        }
        assertThat(new HashSet<>(during)).hasSize(8);
        fixture.health.restore("web-3");
        fixture.health.restore("web-7");
        assertThat(choices(fixture)).isEqualTo(before);
    }

    @Test
    void slowStartGivesClientsBackOneByOneAndKeepsThem() {
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.MAGLEV, TEN);
        List<String> before = choices(fixture);
        fixture.health.eject("web-3");
        fixture.clock.advance(Duration.ofMinutes(1));
        fixture.health.restore("web-3");

        Set<Integer> clients = new HashSet<>();
        int last = 0;
        for (int second = 0; second <= 30; second++) {
            List<String> now = choices(fixture);
            Set<Integer> here = new HashSet<>();
            for (int i = 0; i < CLIENTS; i++) {
                if (now.get(i).equals("web-3")) {
                    here.add(i);
                }
            }
            assertThat(here).containsAll(clients);
            clients = here;
            last = here.size();
            if (second == 0) {
                assertThat(last).isBetween(60, 150);
            }
            fixture.clock.advance(Duration.ofSeconds(1));
        }
        assertThat(choices(fixture)).isEqualTo(before);
        assertThat(last).isEqualTo(Collections.frequency(before, "web-3"));
    }

    @Test
    void aHeaderCountsWhereItIsConfiguredAndTheRequestHasIt() {
        BalancerConfig config = BalancerConfig.DEFAULT.withPolicy(BalancerPolicy.MAGLEV);
        BalancerConfig byHeader = new BalancerConfig(
                BalancerPolicy.MAGLEV,
                config.slowStart(),
                config.latency(),
                new HashOn("x-user"),
                config.zones(),
                config.weights(),
                config.limits(),
                config.retry());
        BalancerFixture fixture = new BalancerFixture(byHeader, TEN);
        BalancerFixture byClient = new BalancerFixture(config, TEN);

        assertThat(withKeys(fixture, "ann", 1)).isEqualTo(withKeys(fixture, "ann", 2));
        Set<String> chosen = new HashSet<>();
        for (int user = 0; user < 200; user++) {
            chosen.add(withKeys(fixture, "user-" + user, 1));
        }
        assertThat(chosen).hasSize(10);
        assertThat(withKeys(fixture, null, 1)).isEqualTo(withKeys(byClient, null, 1));
        assertThat(withKeys(byClient, "ann", 1)).isEqualTo(withKeys(byClient, "bob", 1));
    }

    @Test
    void aRetryGoesToTheNextPlaceWhichIsTheSameEveryTime() {
        BalancerFixture fixture = BalancerFixture.of(BalancerPolicy.MAGLEV, TEN);

        List<String> once = allOf(fixture, 7);

        assertThat(once).hasSize(10).doesNotHaveDuplicates();
        assertThat(allOf(fixture, 7)).isEqualTo(once);
    }

    @Test
    void whereAlmostAllAreEjectedTheRestIsFound() {
        BalancerFixture fixture = off(pods(1_000));
        String[] most = new String[998];
        Arrays.setAll(most, i -> "web-" + i);

        fixture.health.eject(most);

        List<String> choices = choices(fixture);
        assertThat(new HashSet<>(choices)).containsExactlyInAnyOrder("web-998", "web-999");
        assertThat(choices(fixture)).isEqualTo(choices);
    }

    private static BalancerFixture off(Endpoint... endpoints) {
        return new BalancerFixture(
                BalancerConfig.DEFAULT.withPolicy(BalancerPolicy.MAGLEV).withSlowStart(SlowStart.OFF), endpoints);
    }

    private static int[] places(MaglevTable table) {
        int[] places = new int[table.states().size()];
        for (int place = 0; place < table.size(); place++) {
            places[table.ownerOf(place)]++;
        }
        return places;
    }

    private static List<String> choices(BalancerFixture fixture) {
        List<String> choices = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            Pick pick = Objects.requireNonNull(fixture.balancer().pick(fixture.contextOf(client)));
            choices.add(name(pick.endpoint()));
            pick.complete(Outcome.CANCELLED);
        }
        return choices;
    }

    private static List<String> allOf(BalancerFixture fixture, int client) {
        List<String> choices = new ArrayList<>();
        PickContext context = fixture.contextOf(client);
        for (Pick pick = fixture.balancer().pick(context);
                pick != null;
                pick = fixture.balancer().pick(context)) {
            choices.add(name(pick.endpoint()));
            pick.complete(Outcome.CANCELLED);
        }
        return choices;
    }

    private static String withKeys(BalancerFixture fixture, @Nullable String key, int client) {
        PickContext context =
                new PickContext(fixture.random, fixture.contextOf(client).client(), key, fixture.clock.read());
        return name(Objects.requireNonNull(fixture.balancer().pick(context)).endpoint());
    }
}
