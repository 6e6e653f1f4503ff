package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

    @Test
    void defaultsAreTheDocumentedOnes() {
        Command.Apply apply = apply(Map.of(), "--service-cidr", "10.96.0.0/16");
        assertThat(apply.run()).isEqualTo(RunConfig.DEFAULT);
        assertThat(apply.capture())
                .isEqualTo(new CaptureConfig(
                        CaptureConfig.DEFAULT_CAPTURE_PORT,
                        ProxyOwner.DEFAULT,
                        List.of(Cidr.parse("10.96.0.0/16")),
                        Ports.NONE,
                        Exclusions.NONE,
                        new Refusal(RefusalMode.AUTO, HashedPorts.DEFAULT, true)));
    }

    @Test
    void aFlagWinsOverItsVariableAndListsAreReplacedWhole() {
        Map<String, String> variables = Map.of(
                "REMORA_CAPTURE_CIDRS",
                "10.96.0.0/16, 10.97.0.0/16",
                "REMORA_CAPTURE_PORT",
                "16001",
                "REMORA_IPV6",
                "off");
        Command.Apply apply = apply(variables, "--service-cidr=10.43.0.0/16", "--capture-port", "17001");
        assertThat(apply.capture().serviceCidrs()).containsExactly(Cidr.parse("10.43.0.0/16"));
        assertThat(apply.capture().capturePort()).isEqualTo(17001);
        assertThat(apply.run().ipv6()).isEqualTo(Ipv6Mode.OFF);
        assertThat(apply(variables).capture().serviceCidrs()).hasSize(2);
    }

    @Test
    void everyVariableHasItsFlagsMeaning() {
        Map<String, String> variables = Map.ofEntries(
                Map.entry("REMORA_CAPTURE_CIDRS", "10.96.0.0/16"),
                Map.entry("REMORA_EXCLUDE_CIDRS", "10.96.0.10"),
                Map.entry("REMORA_INCLUDE_PORTS", "80-90"),
                Map.entry("REMORA_EXCLUDE_PORTS", "85"),
                Map.entry("REMORA_CAPTURE_PORT", "16001"),
                Map.entry("REMORA_PROXY_UID", "2102"),
                Map.entry("REMORA_PROXY_GID", "2103"),
                Map.entry("REMORA_IPV6", "off"),
                Map.entry("REMORA_IPTABLES_BACKEND", "legacy"),
                Map.entry("REMORA_LOCK_WAIT", "3s"),
                Map.entry("REMORA_PROBE_TIMEOUT", "250ms"),
                Map.entry("REMORA_SKIP_PROBE", "true"),
                Map.entry("REMORA_DRY_RUN", "true"));
        Command.Apply byFlag = apply(
                Map.of(),
                "--service-cidr",
                "10.96.0.0/16",
                "--exclude-cidr",
                "10.96.0.10",
                "--include-port",
                "80-90",
                "--exclude-port",
                "85",
                "--capture-port",
                "16001",
                "--proxy-uid",
                "2102",
                "--proxy-gid",
                "2103",
                "--ipv6",
                "off",
                "--backend",
                "legacy",
                "--lock-wait",
                "3",
                "--probe-timeout",
                "250ms",
                "--skip-probe",
                "--dry-run");
        assertThat(apply(variables)).isEqualTo(byFlag);
        assertThat(byFlag.run())
                .isEqualTo(new RunConfig(
                        BackendChoice.LEGACY,
                        Ipv6Mode.OFF,
                        false,
                        Duration.ofMillis(250),
                        Duration.ofSeconds(3),
                        true));
        assertThat(Settings.parse(List.of(), Map.of("REMORA_CLEANUP", "true")))
                .isEqualTo(new Command.Cleanup(RunConfig.DEFAULT));
    }

    @Test
    void allProblemsAreReportedAtOnceByTheNameThatWasUsed() {
        assertThat(problems(
                        Map.of("REMORA_PROXY_UID", "agent", "REMORA_IPV6", "maybe"),
                        "--service-cidr",
                        "10.96.0.1/16,nonsense",
                        "--exclude-port",
                        "0",
                        "--backend=iptables",
                        "--capture-port",
                        "70000",
                        "--probe-timeout",
                        "soon",
                        "--lock-wait",
                        "10ms",
                        "--frobnicate",
                        "--proxy-gid",
                        "0"))
                .satisfiesExactlyInAnyOrder(
                        problem -> assertThat(problem).isEqualTo("unknown argument '--frobnicate'; --help lists all"),
                        problem ->
                                assertThat(problem).isEqualTo("--backend must be one of auto, legacy, nft: iptables"),
                        problem -> assertThat(problem).isEqualTo("REMORA_IPV6 must be one of auto, on, off: maybe"),
                        problem -> assertThat(problem).startsWith("--probe-timeout must be a time from 1ms to 3600s"),
                        problem -> assertThat(problem).startsWith("--lock-wait must be a time from 1000ms to 3600s"),
                        problem -> assertThat(problem).isEqualTo("REMORA_PROXY_UID must be a number: agent"),
                        problem -> assertThat(problem).contains("--service-cidr: 10.96.0.1/16 has host bits set"),
                        problem -> assertThat(problem).contains("--service-cidr: 'nonsense' is no CIDR"),
                        problem -> assertThat(problem).contains("--exclude-port: '0' is no port"),
                        problem -> assertThat(problem).isEqualTo("--capture-port must be 1-65535: 70000"),
                        problem -> assertThat(problem).startsWith("--proxy-gid must be 1-4294967294"));
    }

    @Test
    void anAgentIsKnownByUserAndGroupOrByItsDscp() {
        Command.Apply apply = apply(Map.of("REMORA_PROXY_DSCP", "3"), "--service-cidr", "10.96.0.0/16");
        assertThat(apply.capture().proxy()).isEqualTo(new ProxyDscp(3));
        assertThat(apply(Map.of("REMORA_PROXY_DSCP", " "), "--service-cidr", "10.96.0.0/16")
                        .capture()
                        .proxy())
                .isEqualTo(ProxyOwner.DEFAULT);
        assertThat(problems(
                        Map.of("REMORA_PROXY_DSCP", "3", "REMORA_PROXY_UID", "1337"), "--service-cidr", "10.96.0.0/16"))
                .singleElement()
                .asString()
                .startsWith("REMORA_PROXY_UID and REMORA_PROXY_DSCP exclude each other");
        for (String none : List.of("0", "64", "9999999999", "af11", "-1")) {
            assertThat(problems(Map.of(), "--service-cidr", "10.96.0.0/16", "--proxy-dscp=" + none))
                    .singleElement()
                    .asString()
                    .startsWith("--proxy-dscp must be ");
        }
    }

    @Test
    void aMissingServiceCidrSaysHowToReadIt() {
        assertThat(problems(Map.of()))
                .singleElement()
                .asString()
                .contains("kubectl get servicecidrs", "REMORA_CAPTURE_CIDRS");
    }

    @Test
    void aVariableThatKubernetesMaySetItselfIsExplainedNotRead() {
        assertThat(problems(Map.of("REMORA_SERVICE_CIDR", "10.96.0.0/16")))
                .anyMatch(problem -> problem.startsWith("REMORA_SERVICE_CIDR is not read"));
    }

    @Test
    void variablesThatServicesNamedRemoraBringAreNoSettings() {
        Command.Apply apply = apply(
                Map.of(
                        "REMORA_PORT", "tcp://10.96.1.1:80",
                        "REMORA_SERVICE_HOST", "10.96.1.1",
                        "REMORA_SERVICE_PORT", "80",
                        "REMORA_CAPTURE_PORT", "tcp://10.96.1.2:80",
                        "REMORA_CAPTURE_SERVICE_HOST", "10.96.1.2"),
                "--service-cidr",
                "10.96.0.0/16");
        assertThat(apply.capture().capturePort()).isEqualTo(15001);
        for (Setting setting : Setting.values()) {
            assertThat(setting.variable())
                    .startsWith("REMORA_")
                    .isNotEqualTo("REMORA_PORT")
                    .doesNotStartWith("REMORA_SERVICE_");
        }
    }

    @Test
    void theApiServersAddressIsExcludedAndANameIsNot() {
        assertThat(apply(Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1"), "--service-cidr", "10.96.0.0/16")
                        .capture()
                        .exclude()
                        .apiServer())
                .hasToString("[10.96.0.1]");
        assertThat(apply(Map.of("KUBERNETES_SERVICE_HOST", "api.example"), "--service-cidr", "10.96.0.0/16")
                        .capture()
                        .exclude()
                        .apiServer())
                .isEmpty();
    }

    @Test
    void whatWouldCaptureEverythingOrNothingIsRefused() {
        assertThat(problems(Map.of(), "--service-cidr", "0.0.0.0/0,::/0,127.0.0.0/8,::1"))
                .satisfiesExactly(
                        problem -> assertThat(problem).contains("0.0.0.0/0 is wider than any Service CIDR"),
                        problem -> assertThat(problem).contains("::/0 is wider than any Service CIDR"),
                        problem -> assertThat(problem).contains("127.0.0.0/8 overlaps loopback"),
                        problem -> assertThat(problem).contains("::1/128 overlaps loopback"));
        assertThat(problems(Map.of(), "--service-cidr", "10.96.0.0/16", "--exclude-cidr", "10.0.0.0/8"))
                .singleElement()
                .asString()
                .contains("is excluded as a whole");
        assertThat(problems(Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1"), "--service-cidr", "10.96.0.1"))
                .singleElement()
                .asString()
                .contains("API server");
        assertThat(problems(
                        Map.of(), "--service-cidr", "10.96.0.0/16", "--include-port", "80", "--exclude-port", "1-100"))
                .singleElement()
                .asString()
                .contains("--include-port 80 is excluded");
        assertThat(problems(Map.of(), "--service-cidr", "10.96.0.0/16", "--exclude-port", "1-65535"))
                .singleElement()
                .asString()
                .contains("all ports are excluded");
        assertThat(problems(Map.of(), "--service-cidr", "fd00::/112", "--ipv6", "off"))
                .singleElement()
                .asString()
                .contains("nothing would be captured");
        assertThat(problems(Map.of(), "--service-cidr", "10.96.0.0/16", "--ipv6", "on"))
                .singleElement()
                .asString()
                .contains("no IPv6 --service-cidr");
    }

    @Test
    void aFlagWithoutItsValueOrGivenTwiceIsReported() {
        assertThat(problems(Map.of(), "--service-cidr", "10.96.0.0/16", "--capture-port", "--dry-run"))
                .containsExactly("--capture-port needs a value");
        assertThat(problems(Map.of(), "--service-cidr", "10.96.0.0/16", "--proxy-uid", "1", "--proxy-uid", "2"))
                .containsExactly("--proxy-uid is given twice");
    }

    @Test
    void helpNamesEverySetting() {
        assertThat(Settings.parse(List.of("--nonsense", "--help"), Map.of())).isEqualTo(new Command.Help());
        for (Setting setting : Setting.values()) {
            assertThat(Setting.helpText()).contains(setting.flag(), setting.variable());
        }
    }

    @Test
    void checkIsOfWhatWouldBeAppliedAndExcludesCleanup() {
        Command.Apply apply = apply(Map.of(), "--service-cidr", "10.96.0.0/16");

        assertThat(Settings.parse(List.of("--check", "--service-cidr", "10.96.0.0/16"), Map.of()))
                .isEqualTo(new Command.Check(apply.capture(), apply.run()));
        assertThat(problems(Map.of("REMORA_CHECK", "true"), "--cleanup"))
                .containsExactly("--cleanup and REMORA_CHECK exclude each other");
    }

    private static Command.Apply apply(Map<String, String> variables, String... args) {
        return (Command.Apply) Settings.parse(List.of(args), variables);
    }

    private static List<String> problems(Map<String, String> variables, String... args) {
        InvalidSettingsException invalid =
                catchThrowableOfType(InvalidSettingsException.class, () -> Settings.parse(List.of(args), variables));
        return invalid == null ? List.of() : invalid.problems();
    }
}
