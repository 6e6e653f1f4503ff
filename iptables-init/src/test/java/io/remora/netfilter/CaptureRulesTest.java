package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
            List<String> own = config.proxy() instanceof ProxyOwner owner
                    ? List.of(
                            "-m owner --uid-owner " + owner.uid() + " -j RETURN",
                            "-m owner --gid-owner " + owner.gid() + " -j RETURN")
                    : List.of("-m dscp --dscp " + ((ProxyDscp) config.proxy()).text() + " -j RETURN");
            Set<String> left = new HashSet<>();
            for (Rule rule : CaptureRules.chain(config, family)) {
                left.add(rule.spec());
                if (rule.spec().endsWith("-j RETURN")) {
                    continue;
                }
                assertThat(left).as("own sockets left before %s", rule).containsAll(own);
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
