package io.remora.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class InjectorTest {

    private static final Injector INJECTOR = injector(Map.of("service-cidr", "10.96.0.0/16"));

    private static Injector injector(Map<String, String> settings) {
        return new Injector(new InjectOptions("agent:1", "init:1", "IfNotPresent", settings), "1.2.3");
    }

    static List<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/inject"))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void everyPodGetsAnAgentAndAllElseStays(Path file) throws Exception {
        String text = Files.readString(file);
        String injected = INJECTOR.inject(text).text();

        List<Map<String, Object>> before = pods(text);
        List<Map<String, Object>> after = pods(injected);
        assertThat(after).as(injected).hasSameSizeAs(before).isNotEmpty();
        for (int i = 0; i < before.size(); i++) {
            Map<String, Object> spec = mapping(after.get(i).get("spec"));
            List<Object> init = list(spec.get("initContainers"));
            assertThat(names(init)).startsWith("remora-init", "remora");
            assertThat(mapping(init.get(1)))
                    .containsEntry("restartPolicy", "Always")
                    .containsEntry("image", "agent:1");
            assertThat(names(list(spec.get("volumes")))).contains("remora-run", "remora-tmp");
            Map<String, Object> metadata = mapping(after.get(i).get("metadata"));
            assertThat(mapping(metadata.get("annotations"))).containsEntry("remora.io/injected", "1.2.3");
            assertThat(list(spec.get("containers")))
                    .isEqualTo(list(mapping(before.get(i).get("spec")).get("containers")));
        }
        if (!text.contains("spec: {") && !file.toString().endsWith("json")) {
            List<String> lines = new ArrayList<>(injected.lines().toList());
            for (String line : text.replace(" []", "").lines().toList()) {
                assertThat(lines).contains(line);
                lines = lines.subList(lines.indexOf(line) + 1, lines.size()); // in their order
            }
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void injectingAgainChangesNothing(Path file) throws Exception {
        String injected = INJECTOR.inject(Files.readString(file)).text();
        assertThat(INJECTOR.inject(injected).text()).isEqualTo(injected);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void takenOutAgainTheOriginalIsBack(Path file) throws Exception {
        String text = Files.readString(file);
        String back = INJECTOR.uninject(INJECTOR.inject(text).text()).text();
        assertThat(documents(back)).isEqualTo(documents(without(text)));
        if (!text.contains("[]")
                && !text.contains("{}, spec")
                && text.endsWith("\n")
                && !text.contains("annotations:\n  ")) {
            assertThat(back).isEqualTo(text);
        }
    }

    /** An empty list or mapping says no more than none. */
    private static String without(String text) {
        return text.replaceAll("(?m)^ *volumes: \\[\\]\n", "")
                .replace(", annotations: {}", "")
                .replace("initContainers: [], ", "")
                .replaceAll("(?m)^ *annotations:\n(?= *spec)", "");
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

    @Test
    void podsThatWishItAreLeftAlone() throws Exception {
        String text = """
                apiVersion: v1
                kind: Pod
                metadata: {name: client, annotations: {remora.io/inject: disabled}}
                spec: {hostNetwork: true, containers: [{name: client}]}
                """;
        Injector.Result result = INJECTOR.inject(text);
        assertThat(result.text()).isEqualTo(text);
        assertThat(result.notes()).containsExactly("pod/client: left alone, as its annotation remora.io/inject says");
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
            })
    void whatCannotHaveAnAgentIsRefusedAndSaysWhy(String spec, String why) {
        String text = "apiVersion: v1\nkind: Pod\nmetadata: {name: client}\nspec: {" + spec + "}\n";
        assertThatThrownBy(() -> INJECTOR.inject(text))
                .isInstanceOf(InjectException.class)
                .hasMessageContaining("pod/client: ")
                .hasMessageContaining(why);
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
        assertThatThrownBy(() -> INJECTOR.inject("a: [")).hasMessageContaining("this is no YAML");
    }

    @Test
    void whatHasNoPodsIsNotTouched() throws Exception {
        String text =
                "# nothing\n---\nkind: Deployment\napiVersion: other.example/v1\nspec: {template: {spec: {}}}\n---\n";
        assertThat(INJECTOR.inject(text).text()).isEqualTo(text);
        assertThat(INJECTOR.inject("").text()).isEmpty();
    }

    private static List<Object> documents(String text) {
        List<Object> documents = new ArrayList<>();
        new Load(LoadSettings.builder().build()).loadAllFromString(text).forEach(documents::add);
        return documents;
    }

    /** Everything with containers. */
    private static List<Map<String, Object>> pods(String text) {
        List<Map<String, Object>> pods = new ArrayList<>();
        documents(text).forEach(document -> collect(document, pods));
        return pods;
    }

    private static void collect(Object value, List<Map<String, Object>> pods) {
        if (value instanceof Map<?, ?> map) {
            if (map.get("spec") instanceof Map<?, ?> spec && spec.containsKey("containers")) {
                pods.add(mapping(map));
            }
            map.values().forEach(each -> collect(each, pods));
        } else if (value instanceof List<?> list) {
            list.forEach(each -> collect(each, pods));
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> mapping(@Nullable Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(@Nullable Object value) {
        return value == null ? List.of() : (List<Object>) value;
    }

    private static List<Object> names(List<Object> items) {
        return items.stream()
                .map(item -> (Object) String.valueOf(mapping(item).get("name")))
                .toList();
    }

    private static Map<String, Object> variables(Object container) {
        Map<String, Object> variables = new HashMap<>();
        list(mapping(container).get("env"))
                .forEach(each -> variables.put(
                        String.valueOf(mapping(each).get("name")),
                        String.valueOf(mapping(each).get("value"))));
        return variables;
    }
}
