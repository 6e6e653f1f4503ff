package io.remora.inject;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A text of documents, read.
 *
 * @param pods all that are in it
 * @param values what the documents say
 */
record Manifests(List<Pod> pods, List<Object> values) {

    /** @param document which of the documents it is in */
    record Pod(PodTemplate template, int document) {}

    Manifests {
        pods = List.copyOf(pods);
        values = List.copyOf(values);
    }

    /** @throws InjectException if it is no YAML */
    static Manifests read(String text) throws InjectException {
        try {
            List<Node> documents = Yaml.documents(text);
            List<Object> values = YamlValues.of(documents); // which finds what cannot be walked through
            List<Pod> pods = new ArrayList<>();
            for (int i = 0; i < documents.size(); i++) {
                int document = i;
                PodTemplate.in(documents.get(i), template -> pods.add(new Pod(template, document)));
            }
            return new Manifests(pods, values);
        } catch (YamlEngineException e) {
            throw new InjectException(List.of("this is no YAML: " + inOneLine(e.getMessage())));
        }
    }

    /** The value of a pod. */
    Map<String, Object> value(Pod pod) {
        Object value = values.get(pod.document());
        for (Object key : pod.template().path()) {
            value = key instanceof Integer index
                    ? ((List<?>) value).get(index)
                    : YamlValues.castMap(value).getOrDefault(key.toString(), Map.of());
        }
        return YamlValues.castMap(value);
    }

    /**
     * Makes sure that an edited text says what these values say.
     *
     * @throws InjectException if it says more or less, as where others share what was edited
     */
    void check(String edited) throws InjectException {
        List<Object> found;
        try {
            found = read(edited).values();
        } catch (InjectException e) {
            found = List.of();
        }
        List<String> problems = new ArrayList<>();
        for (Pod pod : pods) {
            int document = pod.document();
            if (found.size() != values.size() || !found.get(document).equals(values.get(document))) {
                problems.add(pod.template().object()
                        + ": its text cannot be edited without changing something else: its pods share a part with others"
                        + " by an anchor, an alias or a merge key, or their YAML is unusual; write that part out");
            }
        }
        if (!problems.isEmpty() || !found.equals(values)) {
            throw new InjectException(problems.isEmpty() ? List.of("this text cannot be edited") : problems);
        }
    }

    private static String inOneLine(@Nullable String message) {
        return message == null
                ? "it cannot be parsed"
                : String.join(" ", message.lines().map(String::strip).toList());
    }
}
