package io.remora.balancer;

import static io.remora.balancer.BalancerFixture.name;
import static io.remora.balancer.BalancerFixture.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.BalancerConfig.Zones;
import io.remora.discovery.Endpoint;
import io.remora.registry.ClientLocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ZoneAwareBalancerTest {

    private static final int PICKS = 10_000;

    @ParameterizedTest
    @EnumSource(BalancerPolicy.class)
    void theClientsZoneComesFirst(BalancerPolicy policy) {
        BalancerFixture fixture = preferring("here", policy, 4, 8);

        Map<String, Integer> shares = fixture.shares(PICKS);

        assertThat(shares).hasSize(4).allSatisfy((pod, share) -> {
            assertThat(pod).startsWith("here-");
            assertThat(share).isBetween(2_300, 2_700);
        });
    }

    @ParameterizedTest
    @CsvSource({"10, 0, 100", "10, 2, 100", "10, 3, 98", "10, 4, 84", "10, 5, 70", "10, 7, 42", "10, 8, 17"})
    void asFarAsItIsSickOthersHelp(int here, int sick, int percent) {
        BalancerFixture fixture = preferring("here", BalancerPolicy.P2C, here, 10);
        String[] ejected = new String[sick];
        for (int i = 0; i < sick; i++) {
            ejected[i] = "here-" + i;
        }

        fixture.health.eject(ejected);

        // Of 10, 2 are fewer than 3: all zones alike, 2 of 12.
        assertThat(inZone(fixture)).isBetween((percent - 2) * PICKS / 100, (percent + 2) * PICKS / 100);
    }

    @ParameterizedTest
    @CsvSource({"2, 6, 25", "0, 6, 0", "3, 6, 100", "1, 0, 100"})
    void aZoneThatIsTooSmallIsNotPreferred(int here, int there, int percent) {
        BalancerFixture fixture = preferring("here", BalancerPolicy.RANDOM, here, there);

        assertThat(inZone(fixture)).isBetween((percent - 2) * PICKS / 100, (percent + 2) * PICKS / 100);
    }

    @ParameterizedTest
    @EnumSource(BalancerPolicy.class)
    void aRetryMayGoAnywhereAndReachesEveryEndpoint(BalancerPolicy policy) {
        BalancerFixture fixture = preferring("here", policy, 3, 3);
        int elsewhere = 0;
        for (int i = 0; i < 1_000; i++) {
            List<String> tried = new ArrayList<>();
            PickContext context = fixture.contextOf(i);
            for (Pick pick = fixture.balancer().pick(context);
                    pick != null;
                    pick = fixture.balancer().pick(context)) {
                tried.add(name(pick.endpoint()));
                pick.complete(Outcome.CANCELLED);
            }
            assertThat(tried).hasSize(6).doesNotHaveDuplicates();
            assertThat(tried.get(0)).startsWith("here-");
            elsewhere += tried.get(1).startsWith("there-") ? 1 : 0;
        }
        assertThat(elsewhere).isBetween(430, 570);
    }

    @Test
    void aKeyThatIsHashedStaysInItsZoneToo() {
        BalancerFixture fixture = preferring("here", BalancerPolicy.MAGLEV, 4, 4);
        fixture.health.eject("here-0", "here-1", "here-2");

        for (int client = 0; client < 100; client++) {
            String first = picked(fixture, client);
            assertThat(picked(fixture, client)).isEqualTo(first);
        }
    }

    @Test
    void withoutAKnownZoneOrAPreferenceAllAreAlike() {
        assertThat(inZone(preferring(null, BalancerPolicy.RANDOM, 4, 4))).isBetween(4_800, 5_200);
        Zones indifferent = new Zones(false, ClientLocation.of(null, "here"), 3);
        assertThat(inZone(new BalancerFixture(
                        BalancerConfig.DEFAULT.withPolicy(BalancerPolicy.RANDOM).withZones(indifferent), zones(4, 4))))
                .isBetween(4_800, 5_200);
    }

    @Test
    void aZoneThatIsLearnedLaterCounts() {
        BalancerFixture fixture = preferring(null, BalancerPolicy.P2C, 4, 4);
        fixture.config = fixture.config.withZones(new Zones(true, ClientLocation.of(null, "here"), 3));

        fixture.update(zones(4, 5));

        assertThat(inZone(fixture)).isEqualTo(PICKS);
    }

    private static String picked(BalancerFixture fixture, int client) {
        return name(Objects.requireNonNull(fixture.balancer().pick(fixture.contextOf(client)))
                .endpoint());
    }

    private static int inZone(BalancerFixture fixture) {
        return fixture.shares(PICKS).entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("here-"))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    private static BalancerFixture preferring(@Nullable String zone, BalancerPolicy policy, int here, int there) {
        Zones zones = new Zones(true, ClientLocation.of(null, zone), 3);
        return new BalancerFixture(BalancerConfig.DEFAULT.withPolicy(policy).withZones(zones), zones(here, there));
    }

    private static Endpoint[] zones(int here, int there) {
        Endpoint[] endpoints = new Endpoint[here + there];
        for (int i = 0; i < here; i++) {
            endpoints[i] = pod("here-" + i, i + 1, "here");
        }
        for (int i = 0; i < there; i++) {
            endpoints[here + i] = pod("there-" + i, here + i + 1, "there");
        }
        return endpoints;
    }
}
