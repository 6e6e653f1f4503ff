package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CaptureRulesTest {

    static Stream<GoldenCases.Case> cases() {
        return GoldenCases.all();
    }

    /** With {@code -Dremora.test.update-golden=true} the files are written instead, to be reviewed as a diff. */
    @ParameterizedTest
    @MethodSource("cases")
    void rulesOfEachCaseAreTheReviewedOnes(GoldenCases.Case golden) throws IOException {
        for (Family family : Family.values()) {
            String text = CaptureRules.restoreText(golden.config(), family);
            if (Boolean.getBoolean("remora.test.update-golden") && !text.isEmpty()) {
                Files.createDirectories(golden.file(family).getParent());
                Files.writeString(golden.file(family), text);
            }
            if (golden.config().serviceCidrs(family).isEmpty()) {
                assertThat(text).isEmpty();
                assertThat(golden.file(family)).doesNotExist();
            } else {
                assertThat(text).isEqualTo(golden.golden(family));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void onlyTcpToServiceCidrsIsRedirectedAndOnlyAfterTheAgentsOwnSocketsHaveLeft(GoldenCases.Case golden) {
        CaptureConfig config = golden.config();
        for (Family family : Family.values()) {
            boolean uidLeft = false;
            boolean gidLeft = false;
            for (Rule rule : CaptureRules.chain(config, family)) {
                uidLeft |= rule.spec()
                        .equals("-m owner --uid-owner " + config.proxy().uid() + " -j RETURN");
                gidLeft |= rule.spec()
                        .equals("-m owner --gid-owner " + config.proxy().gid() + " -j RETURN");
                if (rule.spec().endsWith("-j RETURN")) {
                    continue;
                }
                assertThat(uidLeft && gidLeft)
                        .as("own sockets left before %s", rule)
                        .isTrue();
                List<String> words = List.of(rule.spec().split(" ", -1));
                assertThat(words).containsSubsequence("-p", "tcp", "-j", "REDIRECT");
                assertThat(words.get(0)).isEqualTo("-d");
                assertThat(config.serviceCidrs(family)).contains(Cidr.parse(words.get(1)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void probeAddressAndPortAreCaptured(GoldenCases.Case golden) {
        CaptureConfig config = golden.config();
        int port = config.probePort();
        assertThat(config.exclude().ports().contains(port)).isFalse();
        assertThat(config.includedPorts().isEmpty() || config.includedPorts().contains(port))
                .isTrue();
        for (Family family : Family.values()) {
            Address address = config.probeAddress(family);
            if (address == null) {
                assertThat(config.serviceCidrs(family)).isEmpty();
                continue;
            }
            assertThat(config.serviceCidrs(family)).anyMatch(cidr -> cidr.contains(address));
            assertThat(config.exclude().cidrs()).noneMatch(cidr -> cidr.contains(address));
            assertThat(config.exclude().apiServer()).doesNotContain(address);
        }
    }
}
