package io.remora.inject;

import io.remora.inject.YamlPlaces.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Takes out of a text what {@link Injector} put in. Stateless. */
final class Uninjector {

    private static final Set<String> CONTAINERS = Set.of(Containers.INIT, Containers.AGENT);
    private static final Set<String> VOLUMES =
            Set.of(Containers.RUN_VOLUME, Containers.TMP_VOLUME, Containers.TOKEN_VOLUME);
    private static final Map<String, Set<String>> LISTS =
            Map.of(PodPlan.INIT_CONTAINERS, CONTAINERS, PodPlan.CONTAINERS, CONTAINERS, PodPlan.VOLUMES, VOLUMES);

    private Uninjector() {}

    static Injector.Result uninject(String text) throws InjectException {
        List<String> notes = new ArrayList<>();
        TextEdits edits = new TextEdits(text);
        Manifests manifests = Manifests.read(text);
        Set<Node> edited = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Manifests.Pod pod : manifests.pods()) {
            PodTemplate template = pod.template();
            Place spec = template.spec();
            if (template.annotations().containsKey(PodSettings.INJECTED)
                    && spec != null
                    && spec.value() instanceof MappingNode node) {
                Restore restore = Restore.of(template);
                restore.applyTo(manifests.value(pod));
                if (edited.add(node)) { // an alias is the same text
                    YamlRemovals yaml = new YamlRemovals(edits, restore.empty());
                    unmark(yaml, template, restore);
                    LISTS.forEach((list, names) -> yaml.removeItems(
                            node, list, item -> names.contains(String.valueOf(Yaml.text(item, "name")))));
                }
                notes.add(template.object() + ": taken out");
            }
        }
        String bare = edits.apply();
        if (!notes.isEmpty()) {
            manifests.check(bare);
        }
        return new Injector.Result(bare, notes);
    }

    /** Whether it has the mark and the agent. */
    static boolean isInjected(PodTemplate template) {
        return template.annotations().containsKey(PodSettings.INJECTED)
                && Stream.of(PodPlan.INIT_CONTAINERS, PodPlan.CONTAINERS)
                        .flatMap(list -> template.containers(list).stream())
                        .anyMatch(container -> Containers.AGENT.equals(Yaml.text(container, "name")));
    }

    /** With what was only there for the marks. */
    private static void unmark(YamlRemovals yaml, PodTemplate template, Restore restore) {
        Node metadata = Yaml.value(template.pod(), "metadata");
        if (!(metadata instanceof MappingNode parent)) {
            return;
        }
        boolean alone = parent.getValue().size() == 1
                && !restore.empty().containsKey("annotations")
                && template.annotations().keySet().stream().allMatch(restore::isMark);
        if (alone) {
            yaml.removeEntry(template.pod(), "metadata");
        } else {
            yaml.removeEntries(parent, "annotations", restore::isMark);
        }
    }

    /** @param empty what stood in place of the values of keys that were empty, or the absence of what was added */
    private record Restore(Map<String, String> empty) {

        static Restore of(PodTemplate template) {
            @Nullable String json = template.annotations().get(PodSettings.RESTORE);
            return new Restore(json == null ? Map.of() : YamlText.texts(json));
        }

        boolean isMark(String annotation) {
            return annotation.equals(PodSettings.INJECTED)
                    || annotation.equals(PodSettings.RESTORE)
                    || annotation.equals(PodPlan.DEFAULT_CONTAINER) && empty.containsKey(PodPlan.NO_DEFAULT_CONTAINER);
        }

        /** Takes everything out of the value of a pod. */
        void applyTo(Map<String, Object> pod) {
            Map<String, Object> metadata = YamlValues.childMap(pod, "metadata");
            YamlValues.childMap(metadata, "annotations").keySet().removeIf(this::isMark);
            prune(metadata, "annotations");
            prune(pod, "metadata");
            Map<String, Object> spec = YamlValues.childMap(pod, "spec");
            LISTS.forEach((list, names) -> {
                Predicate<Object> isOurs = item -> item instanceof Map<?, ?> map
                        && names.stream().anyMatch(name -> YamlValues.of(name).equals(map.get("name")));
                if (spec.get(list) instanceof List<?>
                        && YamlValues.childList(spec, list).removeIf(isOurs)) {
                    prune(spec, list);
                }
            });
        }

        private void prune(Map<String, Object> parent, String key) {
            Object value = parent.get(key);
            boolean isEmpty =
                    value instanceof Map<?, ?> map && map.isEmpty() || value instanceof List<?> list && list.isEmpty();
            if (isEmpty) {
                String text = empty.get(key);
                if (text == null) {
                    parent.remove(key);
                } else {
                    parent.put(key, YamlValues.ofEmpty(text));
                }
            }
        }
    }
}
