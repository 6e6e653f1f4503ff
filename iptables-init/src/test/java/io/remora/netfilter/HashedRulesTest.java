package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HashedRulesTest {

    private static final HashedPorts EIGHT = new HashedPorts(new PortRange(61000, 61007));

    static Stream<GoldenCases.Case> cases() {
        return GoldenCases.all();
    }

    /** The case's configuration with its addresses spread over eight ports, so that the map stays readable. */
    static CaptureConfig spread(GoldenCases.Case golden) {
        CaptureConfig config = golden.config();
        return new CaptureConfig(
                config.capturePort(),
                config.proxy(),
                config.serviceCidrs(),
                config.includedPorts(),
                config.exclude(),
                new Refusal(RefusalMode.ON, EIGHT, true));
    }

    static Path file(GoldenCases.Case golden, Family family) {
        return Path.of("src/test/resources/rules-spread", golden.name() + "." + HashedRules.keyword(family) + ".txt");
    }

    /** With {@code -Dremora.test.update-golden=true} the files are written instead, to be reviewed as a diff. */
    @ParameterizedTest
    @MethodSource("cases")
    void rulesOfEachCaseAreTheReviewedOnes(GoldenCases.Case golden) throws IOException {
        for (Family family : Family.values()) {
            String text = HashedRules.tableText(spread(golden), family);
            if (Boolean.getBoolean("remora.test.update-golden") && !text.isEmpty()) {
                Files.createDirectories(file(golden, family).getParent());
                Files.writeString(file(golden, family), text);
            }
            if (golden.config().serviceCidrs(family).isEmpty()) {
                assertThat(text).isEmpty();
                assertThat(file(golden, family)).doesNotExist();
            } else {
                assertThat(text).isEqualTo(Files.readString(file(golden, family)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachRuleHasItsCounterpartAmongThoseOfIptables(GoldenCases.Case golden) {
        CaptureConfig config = spread(golden);
        for (Family family : Family.values()) {
            if (config.serviceCidrs(family).isEmpty()) {
                continue;
            }
            List<String> purposes = CaptureRules.chain(config, family).stream()
                    .map(Rule::purpose)
                    .distinct()
                    .toList();
            assertThat(HashedRules.chains(config, family).output().stream()
                            .skip(1) // the jump's condition
                            .map(Rule::purpose)
                            .distinct())
                    .containsExactlyElementsOf(purposes);
        }
    }

    @Test
    void theDefaultMapLeadsEachHashToAPortAboveTheEphemeralOnes() {
        CaptureConfig config = new CaptureConfig(
                15001,
                ProxyOwner.DEFAULT,
                List.of(Cidr.parse("10.96.0.0/16")),
                Ports.NONE,
                Exclusions.NONE,
                new Refusal(RefusalMode.ON, HashedPorts.DEFAULT, true));
        String redirect =
                HashedRules.chains(config, Family.IPV4).spread().get(0).spec();
        assertThat(redirect)
                .contains("mod 1024 seed 0x72656d6f map { 0 : 61000, 1 : 61001, ")
                .endsWith(", 1022 : 62022, 1023 : 62023 }");
        assertThat(NftTable.shortened(redirect)).endsWith(" map { 0 : 61000, ... 1023 : 62023 }");
    }

    /** What a Linux 6.18 kernel did with these. */
    @ParameterizedTest
    @CsvSource({
        "10.96.0.10, 53, 61216",
        "10.96.0.10, 80, 61065",
        "10.100.200.7, 443, 61506",
        "10.111.255.254, 65535, 61243",
        "10.96.0.0, 1, 61821",
        "fd00:10:96::a, 53, 61648",
        "fd00:10:96::a, 80, 61091",
        "fd00:10:96::dead, 443, 61484",
        "fd00:10:96::f:ffff, 65535, 61421"
    })
    void theHashIsTheKernels(String address, int port, int landed) {
        Address parsed = Cidr.parse(address).base();
        assertThat(HashedPorts.DEFAULT.portOf(parsed, port)).isEqualTo(landed);
    }

    @Test
    void tooFewAndTooManyPortsAreRefused() {
        assertThatThrownBy(() -> new HashedPorts(new PortRange(61000, 61000))).hasMessageContaining("2 to 4096 ports");
        assertThatThrownBy(() -> new HashedPorts(new PortRange(50000, 60000))).hasMessageContaining("10001");
    }
}
