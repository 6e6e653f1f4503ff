package io.remora.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.remora.balancer.BalancerPolicy;
import io.remora.config.ConfigException;
import io.remora.kubernetes.WatchScope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.Environment;

class SettingsLoaderTest {

    @Test
    void withoutAnySettingTheDefaultsHoldAndTheOwnNamespaceIsWatched() {
        ApplicationSettings settings = load(Environments.ofProperties(Map.of()));

        assertThat(settings.config().balancer().policy()).isEqualTo(BalancerPolicy.DEFAULT);
        assertThat(settings.namespace()).isEqualTo("default");
        assertThat(settings.config().kubernetes().scope()).isEqualTo(WatchScope.ALL);
        assertThat(settings.config().kubernetes().namespaces()).containsExactly("default");
        assertThat(settings.services()).isEmpty();
    }

    @Test
    void theNamespaceOfThePodIsTheOwnOne(@TempDir Path account) throws Exception {
        Files.writeString(account.resolve("namespace"), "shop");

        ApplicationSettings settings = SettingsLoader.load(
                Environments.ofProperties(Map.of("remora.kubernetes.service-account", account.toString())),
                Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1"));

        assertThat(settings.namespace()).isEqualTo("shop");
        assertThat(settings.config().kubernetes().namespaces()).containsExactly("shop");
    }

    @Test
    void namespacesMayBeNamed() {
        ApplicationSettings settings = load(Environments.ofYaml("""
                remora:
                  namespace: shop
                  cluster-domain: example.org
                  kubernetes:
                    namespaces: [shop, stock]
                """));

        assertThat(settings.namespace()).isEqualTo("shop");
        assertThat(settings.clusterDomain()).isEqualTo("example.org");
        assertThat(settings.config().kubernetes().namespaces()).containsExactly("shop", "stock");
    }

    @Test
    void aStarIsEveryNamespace() {
        ApplicationSettings settings = load(Environments.ofProperties(Map.of("remora.kubernetes.namespaces", "*")));

        assertThat(settings.config().kubernetes().namespaces()).isEmpty();
        assertThat(settings.namespace()).isEqualTo("default");
    }

    @Test
    void onDemandNoNamespaceIsNamed() {
        ApplicationSettings settings = load(Environments.ofYaml("""
                remora.kubernetes:
                  scope: on-demand
                  warm:
                    - shop/catalog
                    - shop/stock
                """));

        assertThat(settings.config().kubernetes().scope()).isEqualTo(WatchScope.ON_DEMAND);
        assertThat(settings.config().kubernetes().namespaces()).isEmpty();
        assertThat(settings.config().kubernetes().onDemand().warm())
                .extracting(Object::toString)
                .containsExactly("shop/catalog", "shop/stock");
    }

    @Test
    void whatYamlTakesForABooleanIsTheSwitchThatWasWritten() {
        ApplicationSettings settings = load(Environments.ofYaml("""
                remora:
                  outlier: off
                  breaker:
                    endpoint: on
                  zone-aware: off
                """));

        assertThat(settings.config().health().outlier().enabled()).isFalse();
        assertThat(settings.config().health().breaker().perEndpoint()).isTrue();
        assertThat(settings.config().balancer().zones().preferred()).isFalse();
    }

    @Test
    void aGroupMayHaveAValueOfItsOwn() {
        ApplicationSettings settings = load(Environments.ofYaml("""
                remora:
                  probe: http
                  probe.path: /healthz
                """));

        assertThat(settings.config().health().probe().path()).isEqualTo("/healthz");
    }

    @Test
    void variablesHaveTheAgentsNamesOrSprings() {
        ApplicationSettings settings = load(Environments.ofVariables(Map.of(
                "REMORA_OUTLIER_BASE_EJECTION_TIME", "7s",
                "REMORA_OUTLIER_MAXEJECTIONTIME", "70s",
                "REMORA_POLICY", "random")));

        assertThat(settings.config().health().outlier().ejectionTime().base()).isEqualTo(Duration.ofSeconds(7));
        assertThat(settings.config().health().outlier().ejectionTime().max()).isEqualTo(Duration.ofSeconds(70));
        assertThat(settings.config().balancer().policy()).isEqualTo(BalancerPolicy.RANDOM);
    }

    @Test
    void placeholdersAreResolved() {
        ApplicationSettings settings =
                load(Environments.ofProperties(Map.of("policy", "random", "remora.policy", "${policy}")));

        assertThat(settings.config().balancer().policy()).isEqualTo(BalancerPolicy.RANDOM);
    }

    @Test
    void settingsOfTheAgentAloneAreNotRead() {
        ApplicationSettings settings = load(Environments.ofProperties(Map.of("remora.capture-port", "no port")));

        assertThat(settings.config().relay().listen().port()).isEqualTo(15001);
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnceUnderTheNamesOfProperties() {
        Environment environment = Environments.ofProperties(Map.of(
                "remora.namespace", "No_Name",
                "remora.cluster-domain", "-",
                "remora.policy", "fastest",
                "remora.kubernetes.warm", "shop/catalog",
                "remora.services.catalog.port", "0",
                "remora.services.catalog.endpoints", "localhost"));

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> load(environment))
                .satisfies(e -> assertThat(e.problems())
                        .hasSize(6)
                        .anySatisfy(text -> assertThat(text)
                                .isEqualTo("remora.namespace=No_Name: not valid; give the name of a namespace"))
                        .anySatisfy(text -> assertThat(text).startsWith("remora.cluster-domain=-: not valid; give"))
                        .anySatisfy(
                                text -> assertThat(text).startsWith("remora.policy=fastest: not valid; give one of"))
                        .anySatisfy(text -> assertThat(text)
                                .startsWith("remora.kubernetes.warm is for remora.kubernetes.scope=on-demand"))
                        .anySatisfy(text ->
                                assertThat(text).startsWith("remora.services.catalog.port=0: not valid; give a number"))
                        .noneSatisfy(text -> assertThat(text).contains("REMORA_")));
    }

    private static ApplicationSettings load(Environment environment) {
        return SettingsLoader.load(environment, Map.of("HOME", "/nonexistent"));
    }
}
