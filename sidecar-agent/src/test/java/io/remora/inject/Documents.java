package io.remora.inject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** The manifests of the tests, and what texts say, as the YAML library reads them. */
final class Documents {

    /** Pods that end by themselves, or that have native sidecars of their own. */
    private static final Set<String> NOT_PLAIN = Set.of("job.yaml", "cronjob.yaml", "native-sidecar-of-its-own.yaml");

    private Documents() {}

    static List<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/inject"))) {
            return files.sorted().toList();
        }
    }

    static boolean canBePlain(Path manifest) {
        return !NOT_PLAIN.contains(manifest.getFileName().toString());
    }

    static Injector injector(Sidecar sidecar) {
        return new Injector(
                new InjectOptions("agent:1", "init:1", "IfNotPresent", sidecar, Map.of("service-cidr", "10.96.0.0/16")),
                "1.2.3");
    }

    static List<Object> read(String text) {
        List<Object> documents = new ArrayList<>();
        new Load(LoadSettings.builder()
                        .setAllowDuplicateKeys(false)
                        .setSchema(new CoreSchema())
                        .build())
                .loadAllFromString(text)
                .forEach(documents::add);
        return documents;
    }

    /** Everything with containers. */
    static List<Map<String, Object>> pods(String text) {
        return pods(read(text));
    }

    static List<Map<String, Object>> pods(List<?> documents) {
        List<Map<String, Object>> pods = new ArrayList<>();
        documents.forEach(document -> collect(document, pods));
        return pods;
    }

    private static void collect(@Nullable Object value, List<Map<String, Object>> pods) {
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
    static Map<String, Object> mapping(@Nullable Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(@Nullable Object value) {
        return value == null ? List.of() : (List<Object>) value;
    }

    static List<Object> names(List<Object> items) {
        return items.stream()
                .map(item -> (Object) String.valueOf(mapping(item).get("name")))
                .toList();
    }

    static Map<String, Object> variables(Object container) {
        Map<String, Object> variables = new HashMap<>();
        list(mapping(container).get("env"))
                .forEach(each -> variables.put(
                        String.valueOf(mapping(each).get("name")),
                        String.valueOf(mapping(each).get("value"))));
        return variables;
    }
}
