package io.remora.inject;

import io.remora.inject.YamlEdits.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Adds the init step and the agent, as a native sidecar, to all pods of a text of YAML or JSON: Pods, and the templates of
 * Deployments, StatefulSets, DaemonSets, ReplicaSets, ReplicationControllers, Jobs and CronJobs, also in Lists. Whatever else
 * is in the text stays byte by byte. Injecting again gives what injecting once gives with the newer settings. Immutable.
 */
public final class Injector {

    private static final Set<String> VOLUMES =
            Set.of(Containers.RUN_VOLUME, Containers.TMP_VOLUME, Containers.TOKEN_VOLUME);

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
     * Injects all pods, but for those whose annotation {@code remora.io/inject} is {@code disabled}.
     *
     * @throws InjectException if the text is no YAML, or some pod cannot have an agent; then nothing is injected
     */
    public Result inject(String text) throws InjectException {
        String bare = uninject(text).text();
        List<String> problems = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        TextEdits edits = new TextEdits(bare);
        for (PodTemplate template : templates(bare)) {
            Map<String, String> annotations = template.annotations();
            String wish = annotations.get(PodSettings.INJECT);
            if ("disabled".equals(wish) || "false".equals(wish)) {
                notes.add(template.object() + ": left alone, as its annotation " + PodSettings.INJECT + " says");
                continue;
            }
            List<String> own = new ArrayList<>(Refusals.of(template));
            PodSettings settings = PodSettings.of(options, annotations, own);
            own.forEach(problem -> problems.add(template.object() + ": " + problem));
            Place spec = template.spec();
            if (own.isEmpty() && spec != null) {
                add(new YamlEdits(edits), template, spec, settings);
                notes.add(template.object() + ": injected");
            }
        }
        if (!problems.isEmpty()) {
            throw new InjectException(problems);
        }
        String injected = edits.apply();
        // What was taken out and put in again need not stand where it stood.
        return new Result(Yaml.isSame(injected, text) ? text : injected, notes);
    }

    private void add(YamlEdits edits, PodTemplate template, Place spec, PodSettings settings) {
        boolean ownToken = "false".equals(Yaml.text(spec.value(), "automountServiceAccountToken"));
        mark(edits, template);
        edits.addItems(
                spec, "initContainers", List.of(Containers.init(settings), Containers.agent(settings, ownToken)));
        edits.addItems(spec, "volumes", Containers.volumes(ownToken));
    }

    private void mark(YamlEdits edits, PodTemplate template) {
        Map<String, Object> mark = Map.of(PodSettings.INJECTED, version);
        Place metadata = Place.of(template.pod(), "metadata");
        Place annotations =
                metadata != null && metadata.value() instanceof MappingNode node ? Place.of(node, "annotations") : null;
        if (annotations != null) {
            edits.add(annotations, mark);
        } else if (metadata != null) {
            edits.add(metadata, Map.of("annotations", mark));
        } else if (template.place() != null) {
            edits.add(template.place(), Map.of("metadata", Map.of("annotations", mark)));
        }
    }

    /**
     * Takes out what was injected.
     *
     * @throws InjectException if the text is no YAML
     */
    public Result uninject(String text) throws InjectException {
        List<String> notes = new ArrayList<>();
        TextEdits edits = new TextEdits(text);
        for (PodTemplate template : templates(text)) {
            Place spec = template.spec();
            if (template.annotations().containsKey(PodSettings.INJECTED)
                    && spec != null
                    && spec.value() instanceof MappingNode pod) {
                YamlEdits yaml = new YamlEdits(edits);
                unmark(yaml, template);
                yaml.removeItems(pod, "initContainers", Injector::isOurs);
                yaml.removeItems(pod, "volumes", volume -> VOLUMES.contains(String.valueOf(Yaml.text(volume, "name"))));
                notes.add(template.object() + ": taken out");
            }
        }
        return new Result(edits.apply(), notes);
    }

    private static boolean isOurs(Node container) {
        String name = Yaml.text(container, "name");
        return Containers.INIT.equals(name) || Containers.AGENT.equals(name);
    }

    /** With what was only there for the mark. */
    private static void unmark(YamlEdits edits, PodTemplate template) {
        Node metadata = Yaml.value(template.pod(), "metadata");
        Node annotations = Yaml.value(metadata, "annotations");
        if (!(annotations instanceof MappingNode marks) || !(metadata instanceof MappingNode parent)) {
            return;
        }
        if (marks.getValue().size() > 1) {
            edits.removeEntries(marks, List.of(PodSettings.INJECTED));
        } else if (parent.getValue().size() > 1) {
            edits.removeEntries(parent, List.of("annotations"));
        } else {
            edits.removeEntries(template.pod(), List.of("metadata"));
        }
    }

    private static List<PodTemplate> templates(String text) throws InjectException {
        List<PodTemplate> templates = new ArrayList<>();
        Set<Node> specs = Collections.newSetFromMap(new IdentityHashMap<>());
        try {
            Yaml.documents(text)
                    .forEach(document -> PodTemplate.in(document, template -> {
                        Node spec = Yaml.value(template.pod(), "spec");
                        if (spec == null || specs.add(spec)) { // an alias is the same text
                            templates.add(template);
                        }
                    }));
        } catch (YamlEngineException e) {
            throw new InjectException(List.of("this is no YAML: " + firstLine(e.getMessage())));
        }
        return templates;
    }

    private static String firstLine(@Nullable String message) {
        return message == null
                ? "it cannot be parsed"
                : String.join(" ", message.lines().map(String::strip).toList());
    }
}
