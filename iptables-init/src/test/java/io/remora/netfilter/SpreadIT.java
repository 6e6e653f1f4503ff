package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that spread addresses over ports, in a kernel. */
class SpreadIT {

    private static final String[] BOTH = {"--service-cidr", "10.96.0.0/16,fd00:10:96::/112", "--refusal"};
    private static final int CONNECTIONS = 400;

    private final Namespaces namespaces = new Namespaces();

    @BeforeEach
    void start() {
        namespaces.start();
    }

    @AfterEach
    void stop() {
        namespaces.close();
    }

    static Stream<GoldenCases.Case> cases() {
        return GoldenCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theKernelHoldsTheRulesOfTheCaseAndNoOthers(GoldenCases.Case golden) throws IOException {
        TestNamespace pod = namespaces.pod();
        StringBuilder environment = new StringBuilder("env");
        golden.environment().forEach((name, value) -> environment.append(" '" + name + "=" + value + "'"));
        List<String> args = new ArrayList<>(golden.args());
        args.addAll(List.of("--refusal", "on", "--refusal-ports", "61000-61007", "--backend", "nft"));
        String[] words = args.toArray(new String[0]);
        TestNamespace.Ended first = pod.initBy(environment.toString(), words).expect(ExitCode.OK);
        TestNamespace.Ended again = pod.initBy(environment.toString(), words).expect(ExitCode.OK);
        for (Family family : Family.values()) {
            if (golden.config().serviceCidrs(family).isEmpty()) {
                assertThat(pod.output("nft list tables")).doesNotContain("table " + HashedRules.keyword(family) + " r");
                continue;
            }
            assertThat(first.out())
                    .contains(family.title() + ": applied, verified ", family.title() + ": proved, a connection to ");
            assertThat(again.out()).contains(family.title() + ": unchanged, verified ");
            // What is listed can be given to nft again, and means the same.
            String listed = pod.output("nft -n -s list table " + HashedRules.keyword(family) + " remora");
            assertThat(lines(listed))
                    .containsExactlyElementsOf(lines(Files.readString(HashedRulesTest.file(golden, family))));
        }
        assertThat(pod.rules()).doesNotContain("REMORA");
    }

    /** Rules only, without what nft writes differently. */
    private static List<String> lines(String text) {
        return text.lines()
                .map(String::trim)
                .filter(line -> line.contains("return") || line.contains("spread") || line.contains("redirect"))
                .map(line -> line.replace("l4proto tcp", "l4proto 6")
                        .replace("!= tcp", "!= 6")
                        .replace("/32 ", " ")
                        .replace("/128 ", " "))
                .toList();
    }

    @Test
    void aConnectionArrivesAtThePortThatIsComputed() {
        TestNamespace pod = namespaces.pod();
        pod.init(with("on")).expect(ExitCode.OK);
        Random random = new Random(4);
        for (Family family : Family.values()) {
            StringBuilder script = new StringBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java") + " -cp target/test-classes "
                            + HashProbe.class.getName() + " " + family.loopbackAddress() + " 61000 62023");
            for (int i = 0; i < CONNECTIONS; i++) {
                String address = family == Family.IPV4
                        ? "10.96." + random.nextInt(256) + "." + random.nextInt(256)
                        : "fd00:10:96::" + Integer.toHexString(random.nextInt(65536));
                script.append(' ').append(address).append(' ').append(1 + random.nextInt(65535));
            }
            List<String> landed = pod.output(script.toString()).lines().toList();
            assertThat(landed).hasSize(CONNECTIONS).allSatisfy(line -> {
                List<String> words = Text.words(line);
                Address address = Cidr.parse(words.get(0)).base();
                assertThat(HashedPorts.DEFAULT.portOf(address, Integer.parseInt(words.get(1))))
                        .as(line)
                        .isEqualTo(Integer.parseInt(words.get(2)));
            });
            assertThat(landed.stream().map(line -> Text.words(line).get(2)).distinct())
                    .hasSizeGreaterThan(CONNECTIONS / 2);
        }
    }

    @Test
    void onlyOneKindOfRulesIsEverThereAndCleanupRemovesEither() {
        TestNamespace pod = namespaces.pod();
        pod.init(with("off")).expect(ExitCode.OK);
        assertThat(pod.rules()).contains("REMORA_OUTPUT");
        String withIptables = pod.rules();

        assertThat(pod.init(with("auto")).expect(ExitCode.OK).out())
                .contains("addresses spread over ports", "(nft): chain REMORA_OUTPUT is to go");
        assertThat(pod.rules()).doesNotContain("REMORA");
        assertThat(pod.output("nft list tables")).contains("table ip remora", "table ip6 remora");

        assertThat(pod.init(with("off")).expect(ExitCode.OK).out())
                .contains("IPv4 (nft): table remora removed", "IPv6 (nft): table remora removed");
        assertThat(pod.rules()).isEqualTo(withIptables);
        assertThat(pod.output("nft list tables")).doesNotContain("remora");

        pod.init(with("on")).expect(ExitCode.OK);
        assertThat(pod.init("--cleanup", "--dry-run").expect(ExitCode.OK).out()).contains("table remora is to go");
        assertThat(pod.output("nft list tables")).contains("remora");
        pod.init("--cleanup").expect(ExitCode.OK);
        assertThat(pod.output("nft list tables")).doesNotContain("remora");
        assertThat(pod.init("--cleanup").expect(ExitCode.OK).out()).contains("nothing to remove");
    }

    @Test
    void aChangedRuleIsPutRightAndOtherTablesAreLeftAlone() {
        TestNamespace pod = namespaces.pod();
        pod.output(
                "nft -f - <<< 'table ip other { chain x { type nat hook output priority -100; tcp dport 1 accept; }; }'");
        String other = pod.output("nft list table ip other");
        pod.init(with("on")).expect(ExitCode.OK);
        pod.output("nft flush chain ip remora output && nft add rule ip remora output accept");
        assertThat(pod.init(with("on")).expect(ExitCode.OK).out())
                .contains("IPv4: rule 1 of output is 'accept', wanted 'meta l4proto != tcp return'", "IPv6: unchanged");
        assertThat(pod.init("--refusal-ports", "63000-63999", "--service-cidr", "10.96.0.0/16", "--refusal", "on")
                        .expect(ExitCode.OK)
                        .out())
                .contains("wanted 'meta l4proto tcp counter redirect to", "IPv6 (nft): table remora removed");
        assertThat(pod.output("nft list table ip other")).isEqualTo(other);
    }

    @Test
    void tcpToServicesIsSpreadAndNothingElseIs() {
        namespaces
                .world()
                .output("for a in 10.96.0.9 10.96.0.1 10.200.0.9 fd00:10:96::9; do ip addr add $a dev lo; done");
        namespaces.world().peer("greet", "::", 80, "direct");
        namespaces.world().peer("greet", "::", 25, "direct");
        namespaces.world().peer("greet", "10.96.0.9", 5353, "direct");
        TestNamespace pod = namespaces.pod();
        Address service = Cidr.parse("10.96.0.9").base();
        pod.peer("greet", "127.0.0.1", HashedPorts.DEFAULT.portOf(service, 80), "captured");
        pod.peer("greet", "127.0.0.1", 80, "loopback");
        pod.initBy("env KUBERNETES_SERVICE_HOST=10.96.0.1", with("on", "--exclude-port", "25"))
                .expect(ExitCode.OK);
        assertThat(pod.dial("", "tcp", "10.96.0.9", 80)).isEqualTo("captured");
        assertThat(pod.dial("setpriv --reuid 1000 --regid 1000 --clear-groups", "tcp", "10.96.0.9", 80))
                .isEqualTo("captured");
        assertThat(pod.shell("exec 3<>/dev/tcp/fd00:10:96::9/80").err()).contains("Connection refused");
        assertThat(pod.dial("setpriv --reuid 1337 --regid 5 --clear-groups", "tcp", "10.96.0.9", 80))
                .isEqualTo("direct");
        assertThat(pod.dial("setpriv --reuid 5 --regid 1337 --clear-groups", "tcp", "fd00:10:96::9", 80))
                .isEqualTo("direct");
        assertThat(pod.dial("", "tcp", "10.96.0.9", 25)).as("excluded port").isEqualTo("direct");
        assertThat(pod.dial("", "tcp", "10.96.0.1", 80)).as("API server").isEqualTo("direct");
        assertThat(pod.dial("", "tcp", "10.200.0.9", 80)).as("a pod IP").isEqualTo("direct");
        assertThat(pod.dial("", "udp", "10.96.0.9", 5353)).as("UDP").isEqualTo("direct");
        assertThat(pod.dial("", "tcp", "127.0.0.1", 80)).as("loopback").isEqualTo("loopback");
        pod.init("--cleanup").expect(ExitCode.OK);
        assertThat(pod.dial("", "tcp", "10.96.0.9", 80)).isEqualTo("direct");
    }

    @Test
    void anAgentThatListensAlreadyProvesItToo() {
        TestNamespace pod = namespaces.pod();
        Address probed = Cidr.parse("10.96.0.0").base();
        pod.peer("greet", "127.0.0.1", HashedPorts.DEFAULT.portOf(probed, 9), "agent");
        assertThat(pod.init("--service-cidr", "10.96.0.0/16", "--refusal", "on")
                        .expect(ExitCode.OK)
                        .out())
                .contains("where the agent listens already");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--backend legacy | true | MISSING_KERNEL_SUPPORT | the legacy backend cannot spread addresses",
                "--refusal-ports 60000-60999 | true | BAD_SETTINGS | ip_local_port_range ends at 60999",
                "--backend nft | REMORA_KUBERNETES_NAMESPACES=shop | BAD_SETTINGS | REMORA_KUBERNETES_NAMESPACES",
            })
    void whatStandsInTheWayIsToldAndAutoGoesWithout(String flags, String environment, ExitCode code, String why) {
        TestNamespace pod = namespaces.pod();
        String wrapper = environment.equals("true") ? "" : "env " + environment;
        assertThat(pod.initBy(wrapper, with("on", flags.split(" ", -1)))
                        .expect(code)
                        .err())
                .contains(why, "set --refusal auto or off");
        assertThat(pod.rules() + pod.output("nft list tables")).doesNotContainIgnoringCase("remora");
        assertThat(pod.initBy(wrapper, with("auto", flags.split(" ", -1)))
                        .expect(ExitCode.OK)
                        .out())
                .contains("refusal: off, ", why, "proved, ");
        assertThat(pod.rules()).contains("REMORA_OUTPUT");
        assertThat(pod.output("nft list tables")).doesNotContain("table ip remora");
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "auto"})
    void thePlanIsPrintedAndNothingChanged(String mode) {
        TestNamespace pod = namespaces.pod();
        assertThat(pod.init(with(mode, "--dry-run")).expect(ExitCode.OK).out())
                .contains(
                        "IPv4 plan, nftables table ip remora:",
                        "map { 0 : 61000, ... 1023 : 62023 }",
                        "IPv6 (nft): would change: table remora is missing");
        assertThat(pod.output("nft list tables")).doesNotContain("table ip remora");
    }

    private static String[] with(String mode, String... more) {
        List<String> args = new ArrayList<>(List.of(BOTH));
        args.add(mode);
        args.addAll(List.of(more));
        return args.toArray(new String[0]);
    }
}
