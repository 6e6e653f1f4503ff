package io.remora.inject;

import static io.remora.inject.Documents.list;
import static io.remora.inject.Documents.mapping;
import static io.remora.inject.Documents.names;
import static io.remora.inject.Documents.pods;
import static io.remora.inject.Documents.variables;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InjectorTest {

    private static final Injector INJECTOR = injector(Map.of("service-cidr", "10.96.0.0/16"));

    private static Injector injector(Map<String, String> settings) {
        return new Injector(new InjectOptions("agent:1", "init:1", "IfNotPresent", Sidecar.NATIVE, settings), "1.2.3");
    }

    @Test
    void annotationsOfThePodsSayMoreThanTheCommand() throws Exception {
        String text = """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: client
                  annotations:
                    remora.io/policy: random
                    remora.io/agent-image: other:2
                    remora.io/exclude-port: "5432"
                    remora.io/agent-memory-limit: 256Mi
                spec:
                  containers:
                    - name: client
                      image: busybox
                """;
        Map<String, Object> spec = mapping(pods(injector(Map.of("service-cidr", "10.96.0.0/16", "policy", "maglev"))
                        .inject(text)
                        .text())
                .get(0)
                .get("spec"));
        List<Object> init = list(spec.get("initContainers"));
        assertThat(variables(init.get(0)))
                .containsEntry("REMORA_CAPTURE_CIDRS", "10.96.0.0/16")
                .containsEntry("REMORA_EXCLUDE_PORTS", "5432");
        assertThat(mapping(init.get(1))).containsEntry("image", "other:2");
        assertThat(variables(init.get(1))).containsEntry("REMORA_POLICY", "random");
        assertThat(String.valueOf(mapping(init.get(1)).get("resources"))).contains("256Mi");
    }

    @ParameterizedTest
    @ValueSource(strings = {"annotations", "labels"})
    void podsThatWishItAreLeftAlone(String by) throws Exception {
        String text = """
                apiVersion: v1
                kind: Pod
                metadata: {name: client, BY: {remora.io/inject: disabled}}
                spec: {hostNetwork: true, containers: [{name: client}]}
                """.replace("BY", by);
        Injector.Result result = INJECTOR.inject(text);
        assertThat(result.text()).isEqualTo(text);
        assertThat(result.notes())
                .containsExactly("pod/client: left alone, as its annotation or label remora.io/inject says");
    }

    @Test
    void aPlainContainerComesFirstAndServesToTheEnd() throws Exception {
        String text = """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: client
                spec:
                  initContainers:
                    - name: first
                      image: busybox
                  containers:
                    - name: client
                      image: busybox
                """;
        Injector plain = injector(Map.of("service-cidr", "10.96.0.0/16", "sidecar", "plain", "admin-port", "16020"));
        Map<String, Object> pod = pods(plain.inject(text).text()).get(0);
        Map<String, Object> spec = mapping(pod.get("spec"));
        assertThat(names(list(spec.get("initContainers")))).containsExactly("first", "remora-init");
        assertThat(names(list(spec.get("containers")))).containsExactly("remora", "client");
        Map<String, Object> agent = mapping(list(spec.get("containers")).get(0));
        assertThat(agent).doesNotContainKey("restartPolicy");
        assertThat(variables(agent)).containsEntry("REMORA_SHUTDOWN_MODE", "serve");
        assertThat(String.valueOf(agent.get("lifecycle")))
                .contains("postStart", "remora, wait, --admin=127.0.0.1:16020");
        assertThat(String.valueOf(agent.get("startupProbe"))).contains("port=16020");
        assertThat(mapping(mapping(pod.get("metadata")).get("annotations")))
                .containsEntry("kubectl.kubernetes.io/default-container", "client");
    }

    @Test
    void injectingAgainChangesTheMode() throws Exception {
        Injector plain = injector(Map.of("service-cidr", "10.96.0.0/16", "sidecar", "plain"));
        for (String text : List.of(
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n      image: b\n",
                "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"},"
                        + " \"spec\": {\"initContainers\": [{\"name\": \"i\"}], \"containers\": [{\"name\": \"a\"}]}}")) {
            String once = INJECTOR.inject(text).text();
            String other = plain.inject(once).text();
            assertThat(other).isEqualTo(plain.inject(text).text()).isNotEqualTo(once);
            assertThat(INJECTOR.inject(other).text()).isEqualTo(once);
            assertThat(plain.uninject(other).text()).isEqualTo(text);
        }
    }

    @Test
    void whatOthersMovedIsStillTakenOut() throws Exception {
        String text = """
                {apiVersion: v1, kind: Pod, metadata: {name: a, annotations: {b: c, remora.io/injected: "1", d: e}},
                 spec: {initContainers: [{name: istio-init}, {name: remora-init}, {name: remora}],
                 containers: [{name: a}], volumes: [{name: remora-run}, {name: v}, {name: remora-tmp}]}}
                """;
        assertThat(INJECTOR.uninject(text).text()).isEqualTo("""
                {apiVersion: v1, kind: Pod, metadata: {name: a, annotations: {b: c, d: e}},
                 spec: {initContainers: [{name: istio-init}],
                 containers: [{name: a}], volumes: [{name: v}]}}
                """);
    }

    @Test
    void settingsAreTextsForEveryVersionOfYaml() throws Exception {
        String text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n";
        String injected = injector(Map.of("service-cidr", "fd00::/108", "ipv6", "off", "refusal-ports", "61000-61999"))
                .inject(text)
                .text();
        assertThat(injected).contains("value: \"off\"", "value: \"61000-61999\"", "value: \"fd00::/108\"");
    }

    @Test
    void whatHasNoPodsIsNotTouched() throws Exception {
        String text =
                "# nothing\n---\nkind: Deployment\napiVersion: other.example/v1\nspec: {template: {spec: {}}}\n---\n";
        assertThat(INJECTOR.inject(text).text()).isEqualTo(text);
        assertThat(INJECTOR.inject("").text()).isEmpty();
    }

    @Test
    void theOrderOfSettingsDoesNotMatter() throws Exception {
        Map<String, String> one = new LinkedHashMap<>();
        Map<String, String> other = new LinkedHashMap<>();
        List<String> names = List.of("policy", "hold", "exclude-port", "ipv6", "service-cidr", "backend", "refusal");
        for (int i = 0; i < names.size(); i++) {
            one.put(names.get(i), "1");
            other.put(names.get(names.size() - 1 - i), "1");
        }
        String text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n";
        String injected = injector(one).inject(text).text();
        assertThat(injector(other).inject(text).text()).isEqualTo(injected);
        Map<String, Object> spec = mapping(pods(injected).get(0).get("spec"));
        assertThat(names(list(mapping(list(spec.get("initContainers")).get(0)).get("env"))))
                .containsExactly(
                        "REMORA_IPTABLES_BACKEND",
                        "REMORA_EXCLUDE_PORTS",
                        "REMORA_IPV6",
                        "REMORA_REFUSAL",
                        "REMORA_CAPTURE_CIDRS"); // as their settings are called
    }
}
