package io.remora.inject;

import static io.remora.inject.Documents.list;
import static io.remora.inject.Documents.mapping;
import static io.remora.inject.Documents.names;
import static io.remora.inject.Documents.pods;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is not injected, and that it is said why. */
class RefusalsTest {

    private static final Injector INJECTOR = injector(Map.of("service-cidr", "10.96.0.0/16"));

    private static Injector injector(Map<String, String> settings) {
        return new Injector(new InjectOptions("agent:1", "init:1", "IfNotPresent", Sidecar.NATIVE, settings), "1.2.3");
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
        Map<String, Object> spec =
                mapping(pods(INJECTOR.inject(well).text()).get(0).get("spec"));
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
}
