package io.remora.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.config.Setting;
import io.remora.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnknownNamesTest {

    @Test
    void aMisspeltNameIsToldWithTheOneThatWasMeant() {
        assertThat(warnings(new EnvironmentValues(Environments.ofYaml("""
                        remora:
                          polcy: random
                          kubernetes.namespace: [shop, stock]
                          enable: true
                          completely-different: 1
                        other: 1
                        """))))
                .containsExactly(
                        "remora.completely-different is no setting and is ignored",
                        "remora.enable is no setting and is ignored; did you mean remora.enabled?",
                        "remora.kubernetes.namespace is no setting and is ignored; did you mean"
                                + " remora.kubernetes.namespaces?",
                        "remora.polcy is no setting and is ignored; did you mean remora.policy?");
    }

    @Test
    void theStartersOwnSwitchesAreCheckedToo() {
        assertThat(warnings(new EnvironmentValues(Environments.ofYaml("""
                        remora:
                          http.enable: false
                          grpc:
                            enabled: false
                            target: catalog
                        """))))
                .containsExactly(
                        "remora.grpc.target is no setting and is ignored",
                        "remora.http.enable is no setting and is ignored; did you mean remora.http.enabled?");
    }

    @Test
    void settingsOfTheAgentAloneAreIgnoredAndSaidToBe() {
        assertThat(warnings(new EnvironmentValues(Environments.ofProperties(Map.of("remora.admin.port", "1")))))
                .containsExactly("remora.admin.port is a setting of the agent alone and is ignored");
    }

    @Test
    void whatIsKnownAndWhatOthersReadIsNotTold() {
        assertThat(warnings(new EnvironmentValues(Environments.ofYaml("""
                        remora:
                          enabled: true
                          namespace: shop
                          cluster-domain: cluster.local
                          policy: random
                          kubernetes.namespaces: [shop]
                          outlier.baseEjectionTime: 7s
                          services.catalog.endpoints: localhost:1
                          http.enabled: true
                          grpc.enabled: true
                        """)))).isEmpty();
    }

    @Test
    void variablesAreKnownByTheAgentsNamesAndSprings() {
        assertThat(warnings(new EnvironmentValues(Environments.ofVariables(Map.of(
                        "REMORA_OUTLIER_BASE_EJECTION_TIME", "7s",
                        "REMORA_OUTLIER_MAXEJECTIONTIME", "7s",
                        "REMORA_ADMIN_PORT", "tcp://10.96.0.9:80",
                        "REMORA_SERVICE_HOST", "10.96.0.9",
                        "REMORA_POLCY", "random")))))
                .containsExactly("remora.polcy is no setting and is ignored; did you mean remora.policy?");
    }

    @Test
    void aSettingOfTheRelayIsNoneWithoutIt() {
        EnvironmentValues values = new EnvironmentValues(
                Environments.ofProperties(Map.of("remora.relay.enabled", "true", "remora.capture-port", "15002")));
        assertThat(warnings(values))
                .containsExactly(
                        "remora.capture-port has a meaning with remora.relay.enabled=true only and is ignored");
        List<Setting<?>> all = new ArrayList<>(Settings.ofApplications());
        all.addAll(Settings.ofRelay());
        assertThat(UnknownNames.warnings(values, all)).isEmpty();
    }

    private static List<String> warnings(EnvironmentValues values) {
        return UnknownNames.warnings(values, Settings.ofApplications());
    }
}
