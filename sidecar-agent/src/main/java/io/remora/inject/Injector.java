package io.remora.inject;

import io.remora.inject.YamlPlaces.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Adds the init step and the agent to all pods of a text of YAML or JSON: Pods, and the templates of Deployments, StatefulSets,
 * DaemonSets, ReplicaSets, ReplicationControllers, Jobs and CronJobs, also in Lists. Whatever else is in the text stays byte by
 * byte, and what cannot be edited so is refused. Injecting again gives what injecting once gives with the newer settings.
 * Immutable.
 */
public final class Injector {

    private final InjectOptions options;
    private final String version;

    /** @param version of Remora, which injected pods are marked with */
    public Injector(InjectOptions options, String version) {
        this.options = options;
        this.version = version;
    }

    /**
     * A text that was changed.
     *
     * @param notes what became of each object with pods, {@code KIND/NAME: what}
     */
    public record Result(String text, List<String> notes) {

        public Result {
            notes = List.copyOf(notes);
        }
    }

    /**
     * Injects all pods, but for those whose annotation or label {@code remora.io/inject} is {@code disabled}.
     *
     * @throws InjectException if the text is no YAML, some pod cannot have an agent, or its text cannot be edited; then nothing
     *     is injected
     */
    public Result inject(String text) throws InjectException {
        String bare = Uninjector.uninject(text).text();
        List<String> problems = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        TextEdits edits = new TextEdits(bare);
        Manifests manifests = Manifests.read(bare);
        Set<Node> edited = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Manifests.Pod pod : manifests.pods()) {
            PodTemplate template = pod.template();
            if (template.isDisabled()) {
                notes.add(
                        template.object() + ": left alone, as its annotation or label " + PodSettings.INJECT + " says");
                continue;
            }
            List<String> own = new ArrayList<>();
            PodSettings settings = PodSettings.of(options, template.annotations(), own);
            own.addAll(0, Refusals.of(template, settings));
            own.forEach(problem -> problems.add(template.object() + ": " + problem));
            Place spec = template.spec();
            if (own.isEmpty() && spec != null) {
                YamlEdits yaml = new YamlEdits(edits);
                PodPlan plan = PodPlan.of(template, settings, version, empties(yaml, template, spec));
                plan.applyTo(manifests.value(pod));
                if (edited.add(spec.value())) { // an alias is the same text
                    edit(yaml, template, spec, plan);
                }
                notes.add(template.object() + ": injected");
            }
        }
        if (!problems.isEmpty()) {
            throw new InjectException(problems);
        }
        String injected = edits.apply();
        manifests.check(injected);
        // What was taken out and put in again need not stand where it stood.
        boolean isSame = manifests.values().equals(Manifests.read(text).values());
        return new Result(isSame ? text : injected, notes);
    }

    /** The texts of empty values that are added to, by their keys. */
    private static Map<String, String> empties(YamlEdits yaml, PodTemplate template, Place spec) {
        Map<String, String> texts = new LinkedHashMap<>();
        put(texts, "metadata", yaml.emptyText(Place.of(template.pod(), "metadata")));
        put(texts, "annotations", yaml.emptyText(Place.of(Yaml.value(template.pod(), "metadata"), "annotations")));
        for (String list : List.of(PodPlan.INIT_CONTAINERS, PodPlan.VOLUMES)) {
            put(texts, list, yaml.emptyText(Place.of(spec.value(), list)));
        }
        return texts;
    }

    private static void put(Map<String, String> texts, String key, @Nullable String text) {
        if (text != null) {
            texts.put(key, text);
        }
    }

    private static void edit(YamlEdits yaml, PodTemplate template, Place spec, PodPlan plan) {
        Place metadata = Place.of(template.pod(), "metadata");
        Place annotations = metadata == null ? null : Place.of(metadata.value(), "annotations");
        if (annotations != null) {
            yaml.add(annotations, plan.annotations());
        } else if (metadata != null) {
            yaml.add(metadata, Map.of("annotations", plan.annotations()));
        } else if (template.place() != null) {
            yaml.add(template.place(), Map.of("metadata", Map.of("annotations", plan.annotations())));
        }
        plan.last().forEach((list, items) -> yaml.addLast(spec, list, items));
        plan.first().forEach((list, items) -> yaml.addFirst(spec, list, items));
    }

    /**
     * Whether a text, of one Pod, has what is injected.
     *
     * @return false also if it is no YAML
     */
    public static boolean isInjected(String text) {
        try {
            List<Manifests.Pod> pods = Manifests.read(text).pods();
            return !pods.isEmpty() && pods.stream().allMatch(pod -> Uninjector.isInjected(pod.template()));
        } catch (InjectException e) {
            return false;
        }
    }

    /**
     * Takes out what was injected, which gives back the original.
     *
     * @throws InjectException if the text is no YAML, or cannot be edited
     */
    public Result uninject(String text) throws InjectException {
        return Uninjector.uninject(text);
    }
}
