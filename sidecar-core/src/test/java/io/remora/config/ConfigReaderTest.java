package io.remora.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerPolicy;
import io.remora.discovery.ServiceId;
import io.remora.kubernetes.KubernetesConfig;
import io.remora.kubernetes.WatchScope;
import io.remora.outlier.OutlierConfig;
import io.remora.outlier.ProbeConfig;
import io.remora.registry.ClientLocation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {

    @Test
    void nothingGivenMeansEveryRecordsOwnDefault() {
        assertThat(ConfigReader.read(sources(Map.of(), Map.of(), Map.of())).config())
                .isEqualTo(RemoraConfig.DEFAULT);
    }

    @Test
    void everySettingIsReadOnceInTheOrderOfTheTable() {
        var effective = ConfigReader.read(sources(Map.of(), Map.of(), Map.of())).effective();

        assertThat(effective).<Object>map(EffectiveSetting::setting).isEqualTo(Settings.all());
        assertThat(effective).allSatisfy(each -> assertThat(each.origin()).isEqualTo("default"));
    }

    @Test
    void everyDefaultCanBeGivenAsTheDocumentationWritesIt() {
        for (Setting<?> setting : Settings.all()) {
            if (!setting.defaultText().isEmpty()) {
                assertThat((Object) setting.type().parse(setting.defaultText()))
                        .as(setting.name())
                        .isEqualTo(setting.defaultValue());
            }
        }
    }

    @Test
    void whatIsGivenForAnotherScopeIsAContradiction() {
        assertThatThrownBy(() -> ConfigReader.read(sources(
                        Map.of("--namespaces", "shop"), Map.of("REMORA_KUBERNETES_SCOPE", "on-demand"), Map.of())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--namespaces is for REMORA_KUBERNETES_SCOPE=all, and the scope is on-demand");
        assertThatThrownBy(
                        () -> ConfigReader.read(sources(Map.of("--kubernetes-warm", "shop/web"), Map.of(), Map.of())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--kubernetes-warm is for")
                .hasMessageContaining("=on-demand, and the scope is all");
    }

    @Test
    void warmServicesAreNamedByNamespaceAndName() {
        Map<String, String> onDemand = Map.of("REMORA_KUBERNETES_SCOPE", "on-demand");
        var config = ConfigReader.read(sources(Map.of("--kubernetes-warm", "shop/web, shop/stock"), onDemand, Map.of()))
                .config()
                .kubernetes();
        assertThat(config.scope()).isEqualTo(WatchScope.ON_DEMAND);
        assertThat(config.onDemand().warm())
                .containsExactly(new ServiceId("shop", "web"), new ServiceId("shop", "stock"));

        for (String wrong : List.of("web", "shop/", "/web", "a/b/c", "Shop/web", "shop/web,shop/web")) {
            assertThatThrownBy(() -> ConfigReader.read(sources(Map.of("--kubernetes-warm", wrong), onDemand, Map.of())))
                    .as(wrong)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("--kubernetes-warm");
        }
    }

    @Test
    void namesAreUniqueInEverySource() {
        assertThat(Settings.all()).map(Setting::flag).doesNotHaveDuplicates();
        assertThat(Settings.all()).map(Setting::variable).doesNotHaveDuplicates();
    }

    @Test
    void flagsWinOverEnvironmentOverProperties() {
        Map<String, String> properties =
                Map.of("remora.hold", "1s", "remora.policy", "random", "remora.admin.port", "1000");
        Map<String, String> environment = Map.of("REMORA_HOLD", "2s", "REMORA_POLICY", "round-robin");
        Map<String, String> flags = Map.of("--hold", "4s");

        ConfigReader.Loaded loaded = ConfigReader.read(sources(flags, environment, properties));

        assertThat(loaded.config().relay().hold()).isEqualTo(Duration.ofSeconds(4));
        assertThat(loaded.config().balancer().policy().text()).isEqualTo("round-robin");
        assertThat(loaded.config().admin().port()).isEqualTo(1000);
        assertThat(loaded.effective())
                .filteredOn(each -> !each.origin().equals("default"))
                .map(EffectiveSetting::origin)
                .containsExactly("--hold", "REMORA_POLICY", "remora.admin.port");
    }

    @Test
    void anEmptyValueCountsAsNotGiven() {
        ConfigReader.Loaded loaded =
                ConfigReader.read(sources(Map.of(), Map.of("REMORA_HOLD", " "), Map.of("remora.hold", "1s")));

        assertThat(loaded.config().relay().hold()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void everythingThatIsWrongIsReportedAtOnce() {
        ConfigException problem = catchThrowableOfType(
                ConfigException.class,
                () -> ConfigReader.read(sources(
                        Map.of("--hold", "3", "--capture-port", "70000"),
                        Map.of("REMORA_POLICY", "fastest", "REMORA_BUFFER_MEMORY", "1KiB"),
                        Map.of("remora.kubernetes.namespaces", "Shop"))));

        assertThat(problem.problems())
                .containsExactly(
                        "remora.kubernetes.namespaces: 'Shop' is not the name of a namespace (lower-case letters,"
                                + " digits and -)",
                        "--capture-port=70000: not valid; give a number from 1 to 65535",
                        "--hold=3: not valid; give a whole number and a unit, for example 250ms, 3s, 5m or 1h,"
                                + " from 0s to 1h",
                        "REMORA_BUFFER_MEMORY=1KiB: not valid; give a whole number and a unit, for example 512KiB or"
                                + " 16MiB, at least 1MiB",
                        "REMORA_POLICY=fastest: not valid; give one of "
                                + Arrays.stream(BalancerPolicy.values())
                                        .map(BalancerPolicy::text)
                                        .collect(Collectors.joining(", ")));
    }

    @Test
    void balancingAndHealthAreReadIntoTheirRecords() {
        Map<String, String> environment = Map.ofEntries(
                Map.entry("REMORA_NODE", "node-1"),
                Map.entry("REMORA_ZONE", "zone-a"),
                Map.entry("REMORA_ZONE_AWARE", "prefer"),
                Map.entry("REMORA_ZONE_AWARE_MIN_ENDPOINTS", "2"),
                Map.entry("REMORA_SLOW_START_WINDOW", "1m"),
                Map.entry("REMORA_HASH_ON", "header:x-user"),
                Map.entry("REMORA_MAX_CONNECTIONS", "100"),
                Map.entry("REMORA_RETRY_BUDGET_PERCENT", "30"),
                Map.entry("REMORA_OUTLIER", "off"),
                Map.entry("REMORA_OUTLIER_MAX_EJECTION_PERCENT", "40"),
                Map.entry("REMORA_OUTLIER_COMEBACK", "probe"),
                Map.entry("REMORA_BREAKER_DESTINATION", "on"),
                Map.entry("REMORA_PROBE", "http"),
                Map.entry("REMORA_PROBE_PATH", "/healthz?full=1"));

        RemoraConfig config =
                ConfigReader.read(sources(Map.of(), environment, Map.of())).config();

        BalancerConfig balancer = config.balancer();
        assertThat(balancer.zones())
                .isEqualTo(new BalancerConfig.Zones(true, ClientLocation.of("node-1", "zone-a"), 2));
        assertThat(balancer.slowStart().window()).isEqualTo(Duration.ofMinutes(1));
        assertThat(balancer.hashOn().header()).isEqualTo("x-user");
        assertThat(balancer.limits()).isEqualTo(new BalancerConfig.Limits(100, 0));
        assertThat(balancer.retry().budgetPercent()).isEqualTo(30);
        assertThat(config.health().outlier().enabled()).isFalse();
        assertThat(config.health().outlier().maxEjectionPercent()).isEqualTo(40);
        assertThat(config.health().outlier().comeback()).isEqualTo(OutlierConfig.Comeback.PROBE);
        assertThat(config.health().breaker().perDestination()).isTrue();
        assertThat(config.health().probe().kind()).isEqualTo(ProbeConfig.Kind.HTTP);
        assertThat(config.health().probe().path()).isEqualTo("/healthz?full=1");
    }

    @Test
    void weightsAreForServicesAndNoSettingOfTheAgent() {
        ConfigReader.Loaded loaded = ConfigReader.read(sources(Map.of(), Map.of("REMORA_WEIGHTS", "a-*=2"), Map.of()));

        assertThat(loaded.config()).isEqualTo(RemoraConfig.DEFAULT);
        assertThat(loaded.warnings()).containsExactly("REMORA_WEIGHTS is no setting and is ignored");
    }

    @Test
    void timesOfEjectionThatContradictEachOtherAreNamed() {
        assertThatThrownBy(() -> ConfigReader.read(sources(
                        Map.of("--outlier-max-ejection-time", "10s"),
                        Map.of("REMORA_OUTLIER_BASE_EJECTION_TIME", "20s"),
                        Map.of())))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "--outlier-max-ejection-time is 10s, below REMORA_OUTLIER_BASE_EJECTION_TIME, which is 20s; make"
                                + " it as long at least");
    }

    @Test
    void settingsThatContradictEachOtherAreNamed() {
        assertThatThrownBy(() -> ConfigReader.read(
                        sources(Map.of("--admin-port", "15001", "--api-server", "http://a:1"), Map.of(), Map.of())))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "--capture-port / REMORA_CAPTURE_PORT and --admin-port are both 15001; give them different ports");
    }

    @Test
    void settingsAreNamedAsTheyWereGiven() {
        SettingSources given = sources(
                Map.of("--kubeconfig", "/c"),
                Map.of("REMORA_KUBERNETES_CONTEXT", "x"),
                Map.of("remora.kubernetes.service-account", "/s"));

        assertThat(given.inUsersWords("set remora.kubernetes.kubeconfig or remora.kubernetes.context, not"
                        + " remora.kubernetes.service-account; remora.kubernetes.api-server. /etc/remora.hold"))
                .isEqualTo("set --kubeconfig or REMORA_KUBERNETES_CONTEXT, not remora.kubernetes.service-account;"
                        + " --api-server / REMORA_KUBERNETES_API_SERVER. /etc/remora.hold");
    }

    @Test
    void problemsKnownBeforeComeFirstInTheReport() {
        List<KubernetesConfig> handedOver = new ArrayList<>();
        ConfigException problem = catchThrowableOfType(
                ConfigException.class,
                () -> ConfigReader.read(
                        sources(Map.of("--hold", "3"), Map.of("REMORA_LOG_LEVEL", "loud"), Map.of()),
                        List.of("--hodl: no such flag"),
                        handedOver::add));

        assertThat(problem.problems()).hasSize(3);
        assertThat(problem.problems().get(0)).isEqualTo("--hodl: no such flag");
        assertThat(problem.problems().get(1)).startsWith("--hold=3: not valid");
        assertThat(problem.problems().get(2)).startsWith("REMORA_LOG_LEVEL=loud: not valid");
        assertThat(handedOver).hasSize(1);
    }

    @Test
    void wrongApiSettingsAreNotHandedOver() {
        List<KubernetesConfig> handedOver = new ArrayList<>();
        ConfigException problem = catchThrowableOfType(
                ConfigException.class,
                () -> ConfigReader.read(
                        sources(Map.of("--api-server", "ftp://here"), Map.of(), Map.of()), List.of(), handedOver::add));

        assertThat(problem.problems()).singleElement().asString().startsWith("--api-server=ftp://here: not valid");
        assertThat(handedOver).isEmpty();
    }

    @Test
    void aProblemOfTheUsersOwnKubeconfigNamesTheSettingToUseInstead() {
        assertThat(ConfigReader.apiProblem(new IllegalArgumentException("the user's kubeconfig: /c is no kubeconfig")))
                .isEqualTo("remora.kubernetes.kubeconfig: the user's kubeconfig: /c is no kubeconfig");
        assertThat(ConfigReader.apiProblem(new IllegalArgumentException("remora.kubernetes.context: none")))
                .isEqualTo("remora.kubernetes.context: none");
    }

    @Test
    void effectiveSettingsAreInTheOrderOfTheTable() {
        assertThat(ConfigReader.read(sources(Map.of(), Map.of(), Map.of())).effective())
                .extracting(EffectiveSetting::setting)
                .isEqualTo(Settings.all());
    }

    @Test
    void unknownVariablesAreWarnedAboutWithWhatMayHaveBeenMeant() {
        Map<String, String> environment = Map.of("REMORA_HOLDD", "3s", "REMORA_XYZZY", "1", "PATH", "/bin");

        assertThat(ConfigReader.read(sources(Map.of(), environment, Map.of())).warnings())
                .containsExactly(
                        "REMORA_HOLDD is no setting and is ignored; did you mean REMORA_HOLD?",
                        "REMORA_XYZZY is no setting and is ignored");
    }

    @Test
    void variablesOfAServiceNamedRemoraAreNeitherReadNorWarnedAbout() {
        Map<String, String> environment = Map.of(
                "REMORA_PORT", "tcp://10.96.0.9:80",
                "REMORA_PORT_80_TCP_ADDR", "10.96.0.9",
                "REMORA_SERVICE_HOST", "10.96.0.9",
                "REMORA_SERVICE_PORT", "80");

        assertThat(ConfigReader.read(sources(Map.of(), environment, Map.of())).warnings())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ADMIN", "CAPTURE", "SHOP", "SHOP_2"})
    void variablesOfAServiceWhoseNameStartsWithRemoraAreNeitherReadNorWarnedAbout(String name) {
        String prefix = "REMORA_" + name;
        Map<String, String> environment = Map.of(
                prefix + "_SERVICE_HOST", "10.96.0.9",
                prefix + "_SERVICE_PORT", "80",
                prefix + "_SERVICE_PORT_HTTP_ALT", "80",
                prefix + "_PORT", "tcp://10.96.0.9:80",
                prefix + "_PORT_80_TCP", "tcp://10.96.0.9:80",
                prefix + "_PORT_80_TCP_PROTO", "tcp",
                prefix + "_PORT_80_TCP_PORT", "80",
                prefix + "_PORT_80_TCP_ADDR", "10.96.0.9",
                prefix + "_PORT_53_UDP", "udp://[fd00::9]:53");

        ConfigReader.Loaded loaded = ConfigReader.read(sources(Map.of(), environment, Map.of()));

        assertThat(loaded.config()).isEqualTo(RemoraConfig.DEFAULT);
        assertThat(loaded.effective())
                .allSatisfy(each -> assertThat(each.origin()).isEqualTo("default"));
        assertThat(loaded.warnings()).isEmpty();
    }

    @Test
    void aPropertyHoldsWhereAServicesVariableIsLeftOut() {
        ConfigReader.Loaded loaded = ConfigReader.read(sources(
                Map.of(), Map.of("REMORA_ADMIN_PORT", "tcp://10.96.0.9:80"), Map.of("remora.admin.port", "1000")));

        assertThat(loaded.config().admin().port()).isEqualTo(1000);
    }

    @Test
    void onlyWhatAServiceMakesIsLeftOut() {
        Map<String, String> environment = Map.of(
                "REMORA_ADMIN_PORT", "1000",
                "REMORA_KUBERNETES_API_SERVER", "http://10.96.0.1:443",
                "REMORA_KUBERNETES_SERVICE_ACCOUNT", "/token",
                "REMORA_SHOP_PORT", "80");

        ConfigReader.Loaded loaded = ConfigReader.read(sources(Map.of(), environment, Map.of()));

        assertThat(loaded.config().admin().port()).isEqualTo(1000);
        assertThat(loaded.effective())
                .filteredOn(each -> !each.origin().equals("default"))
                .map(EffectiveSetting::origin)
                .containsExactlyInAnyOrder(
                        "REMORA_ADMIN_PORT", "REMORA_KUBERNETES_API_SERVER", "REMORA_KUBERNETES_SERVICE_ACCOUNT");
        assertThat(loaded.warnings())
                .singleElement()
                .asString()
                .startsWith("REMORA_SHOP_PORT is no setting and is ignored");
        assertThatThrownBy(() -> ConfigReader.read(sources(Map.of(), Map.of("REMORA_HOLD", "tcp://a:1"), Map.of())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("REMORA_HOLD=tcp://a:1: not valid");
    }

    @Test
    void noSettingMayBeCalledLikeAVariableOfAService() {
        for (String name : List.of(
                "port", "port.80", "service.host", "admin.service.host", "admin.service.port.http", "a.port.1.tcp")) {
            assertThatThrownBy(() -> new Setting<>(name, ValueTypes.PORT, 1, "any"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("REMORA_");
        }
    }

    @Test
    void anApplicationHasWhatItsServicesMaySetAndNothingOfAProcessThatRelays() {
        List<String> names =
                Settings.ofApplications().stream().map(Setting::name).toList();

        assertThat(Settings.ofServices())
                .filteredOn(setting -> setting.scope() != Setting.Scope.SERVICE)
                .allSatisfy(setting -> assertThat(names).contains(setting.name()));
        assertThat(names).contains("hold", "node", "zone", "kubernetes.scope", "kubernetes.api-server");
        assertThat(names)
                .noneMatch(name -> name.matches("(capture|refusal|connect\\.|keep-alive|admin|log|shutdown|proxy).*"));
        assertThat(Settings.ofRelay())
                .extracting(Setting::name)
                .contains("capture-port", "refusal", "proxy-dscp", "shutdown.timeout")
                .doesNotContainAnyElementsOf(names)
                .noneMatch(name -> name.matches("(admin|log).*|shutdown.mode|capture-cidrs"));
    }

    @Test
    void anApplicationIsToldOfItsPropertiesAlone() {
        assertThatThrownBy(() -> ConfigReader.read(SettingSources.ofApplication(
                        Map.of("remora.kubernetes.warm", "shop/web", "remora.policy", "fastest"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("remora.policy=fastest: not valid")
                .hasMessageContaining("remora.kubernetes.warm is for remora.kubernetes.scope=on-demand")
                .hasMessageNotContaining("REMORA_");
    }

    private static SettingSources sources(
            Map<String, String> flags, Map<String, String> environment, Map<String, String> properties) {
        return new SettingSources(flags, environment, properties);
    }
}
