package io.remora.inject;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is added to one pod.
 *
 * @param annotations none of which it has
 * @param first what comes first in lists of its spec, by their keys
 * @param last what comes last in them
 */
record PodPlan(Map<String, Object> annotations, Map<String, List<Object>> first, Map<String, List<Object>> last) {

    static final String INIT_CONTAINERS = "initContainers";
    static final String CONTAINERS = "containers";
    static final String VOLUMES = "volumes";

    /** What {@code kubectl logs} and {@code exec} take if they are not told. */
    static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

    /** In {@link PodSettings#RESTORE}: that annotation was not there. */
    static final String NO_DEFAULT_CONTAINER = "default-container";

    /** @param restore what taking out must put back, by the keys whose values were empty */
    static PodPlan of(PodTemplate template, PodSettings settings, String version, Map<String, String> restore) {
        Map<String, Object> annotations = new LinkedHashMap<>();
        annotations.put(PodSettings.INJECTED, version);
        boolean ownToken = Boolean.FALSE.equals(Yaml.truth(template.pod(), "spec", "automountServiceAccountToken"));
        Map<String, Object> init = Containers.init(settings);
        Map<String, Object> agent = Containers.agent(settings, ownToken);
        Map<String, List<Object>> first = new LinkedHashMap<>();
        Map<String, List<Object>> last = new LinkedHashMap<>();
        Map<String, String> back = new LinkedHashMap<>(restore);
        if (settings.isPlain()) {
            // Before it the application's own init containers are as without Remora; after it nothing can connect until
            // the
            // agent listens.
            last.put(INIT_CONTAINERS, List.of(init));
            first.put(CONTAINERS, List.of(agent));
            String main = Yaml.text(Yaml.first(template.containers(CONTAINERS)), "name");
            if (main != null && !template.annotations().containsKey(DEFAULT_CONTAINER)) {
                annotations.put(DEFAULT_CONTAINER, main);
                back.put(NO_DEFAULT_CONTAINER, "");
            }
        } else {
            first.put(INIT_CONTAINERS, List.of(init, agent));
        }
        first.put(VOLUMES, Containers.volumes(ownToken));
        if (!back.isEmpty()) {
            annotations.put(PodSettings.RESTORE, YamlText.flow(back));
        }
        return new PodPlan(annotations, first, last);
    }

    /** Adds it to the value of the pod. */
    void applyTo(Map<String, Object> pod) {
        Map<String, Object> marks = YamlValues.childMap(YamlValues.childMap(pod, "metadata"), "annotations");
        annotations.forEach((name, value) -> marks.put(name, YamlValues.of(value)));
        Map<String, Object> spec = YamlValues.childMap(pod, "spec");
        first.forEach((key, items) -> YamlValues.childList(spec, key)
                .addAll(0, items.stream().map(YamlValues::of).toList()));
        last.forEach((key, items) -> YamlValues.childList(spec, key)
                .addAll(items.stream().map(YamlValues::of).toList()));
    }
}
