package io.remora.inject;

import static io.remora.inject.Documents.list;
import static io.remora.inject.Documents.mapping;
import static io.remora.inject.Documents.names;
import static io.remora.inject.Documents.pods;
import static io.remora.inject.Documents.variables;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hostNetwork: true, containers: [{name: a}]|hostNetwork is true",
                "os: {name: windows}, containers: [{name: a}]|Windows",
                "securityContext: {runAsUser: 1337}, containers: [{name: a}]|user or group 1337",
                "containers: [{name: a, securityContext: {runAsGroup: 1337}}]|container a runs as user or group 1337",
                "containers: [{name: remora}]|a container remora that was not injected",
                "containers: [{name: a, ports: [{containerPort: 15020}]}]|listens on port 15020",
                "hostNetwork: yes, containers: [{name: a}]|hostNetwork is true",
            })
    void whatCannotHaveAnAgentIsRefusedAndSaysWhy(String spec, String why) {
        String text = "apiVersion: v1\nkind: Pod\nmetadata: {name: client}\nspec: {" + spec + "}\n";
        assertThatThrownBy(() -> INJECTOR.inject(text))
                .isInstanceOf(InjectException.class)
                .hasMessageContaining("pod/client: ")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "restartPolicy: Never, containers: [{name: a}]|remora.io/app-quits-agent: \"true\"",
                "restartPolicy: OnFailure, containers: [{name: a}]|http://127.0.0.1:15020/quitquitquit",
                "initContainers: [{name: b, restartPolicy: Always}], containers: [{name: a}]|b is a native sidecar",
            })
    void whatAPlainContainerWouldSpoilIsRefusedAndSaysWhatToDo(String spec, String why) throws Exception {
        String text = "apiVersion: v1\nkind: Pod\nmetadata: {name: client}\nspec: {" + spec + "}\n";
        assertThatThrownBy(() -> injector(Map.of("service-cidr", "10.96.0.0/16", "sidecar", "plain"))
                        .inject(text))
                .isInstanceOf(InjectException.class)
                .hasMessageContaining(why);
        assertThat(INJECTOR.inject(text).notes()).containsExactly("pod/client: injected");
    }

    @Test
    void ajobWhoseApplicationEndsTheAgentMayHaveAPlainContainer() throws Exception {
        String text = """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: once}
                spec:
                  template:
                    metadata: {annotations: {remora.io/sidecar: plain, remora.io/app-quits-agent: "true"}}
                    spec: {restartPolicy: Never, containers: [{name: once, image: b}]}
                """;
        assertThat(INJECTOR.inject(text).notes()).containsExactly("job/once: injected");
        assertThatThrownBy(() -> INJECTOR.inject(text.replace(", remora.io/app-quits-agent: \"true\"", "")))
                .hasMessageContaining("job/once: its pods end by themselves");
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
                .contains("postStart", "/opt/java/bin/java, -jar, /app/remora.jar, wait, --admin=127.0.0.1:16020");
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // The labels of the Deployment itself are the pods' annotations.
                "{name: a, labels: &shared {a: b}}|{annotations: *shared}|spec|",
                "{name: a, annotations: &shared {a: b}}|{annotations: *shared}|spec|",
                "{name: a}|{labels: {a: b}}|spec|containers: [{name: a, env: &list []}], initContainers: *list",
            })
    void whatSharesATextWithSomethingElseIsRefused(
            String metadata, String pods, String spec, @Nullable String content) {
        String text = """
                apiVersion: apps/v1
                kind: Deployment
                metadata: %s
                spec:
                  template:
                    metadata: %s
                    spec: {%s}
                """.formatted(metadata, pods, content == null ? "containers: [{name: a}]" : content);
        assertThatThrownBy(() -> INJECTOR.inject(text))
                .isInstanceOf(InjectException.class)
                .hasMessageContaining("deployment/a: its text cannot be edited without changing something else");
    }

    @Test
    void mergeKeysAreFollowedWhereThatChangesNothingElse() throws Exception {
        String base = """
                apiVersion: v1
                kind: List
                base: &base
                  hostNetwork: %s
                  %s
                items:
                  - apiVersion: v1
                    kind: Pod
                    metadata: {name: a, annotations: {<<: &none {remora.io/inject: "%s"}}}
                    spec:
                      <<: *base
                      containers: [{name: a}]
                """;
        String text = base.formatted("false", "volumes: [{name: v}]", "enabled");
        assertThatThrownBy(() -> INJECTOR.inject(text)) // the volumes would be added to those of the base
                .hasMessageContaining("pod/a: its text cannot be edited without changing something else");
        assertThatThrownBy(() -> INJECTOR.inject(base.formatted("true", "x: y", "enabled")))
                .hasMessageContaining("hostNetwork is true");
        assertThat(INJECTOR.inject(base.formatted("true", "x: y", "disabled")).notes())
                .containsExactly("pod/a: left alone, as its annotation or label remora.io/inject says");
        String well = base.formatted("false", "x: y", "enabled");
        Map<String, Object> spec = mapping(pods(INJECTOR.inject(well).text()).get(0).get("spec"));
        assertThat(names(list(spec.get("initContainers")))).containsExactly("remora-init", "remora");
        assertThat(INJECTOR.uninject(INJECTOR.inject(well).text()).text()).isEqualTo(well);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: &a [*a]|refers to itself",
                "a: {b: 1, b: 2}|the key b is given twice",
                "a: &a {b: 1}\\nc: {b: 2, <<: *a}|put it first",
            })
    void whatProgramsReadDifferentlyIsRefused(String text, String why) {
        assertThatThrownBy(() -> INJECTOR.inject(text.replace("\\n", "\n")))
                .isInstanceOf(InjectException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aliasesThatMakeItHugeAreRefused() {
        StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 8; i++) {
            String before = "*a" + (i - 1);
            text.append("a%d: &a%d [%s]\n".formatted(i, i, String.join(", ", Collections.nCopies(10, before))));
        }
        assertThatThrownBy(() -> INJECTOR.inject(text.toString())).hasMessageContaining("too large");
    }

    @Test
    void wrongSettingsAreNamed() {
        String text = """
                apiVersion: v1
                kind: Pod
                metadata: {name: a, annotations: {remora.io/polcy: random}}
                spec: {containers: [{name: a}]}
                """;
        assertThatThrownBy(() -> injector(Map.of()).inject(text))
                .hasMessageContaining("remora.io/polcy is no setting; did you mean policy?")
                .hasMessageContaining("give --service-cidr");
        assertThatThrownBy(() -> injector(Map.of("service-cidr", "10.0.0.0/8", "sidecar", "both", "admin-port", "x"))
                        .inject(text))
                .hasMessageContaining("remora.io/sidecar is 'both'; give native or plain")
                .hasMessageContaining("REMORA_ADMIN_PORT is 'x'");
        assertThatThrownBy(() -> INJECTOR.inject("a: [")).hasMessageContaining("this is no YAML");
    }

    @Test
    void whatHasNoPodsIsNotTouched() throws Exception {
        String text =
                "# nothing\n---\nkind: Deployment\napiVersion: other.example/v1\nspec: {template: {spec: {}}}\n---\n";
        assertThat(INJECTOR.inject(text).text()).isEqualTo(text);
        assertThat(INJECTOR.inject("").text()).isEmpty();
    }
}
