package io.remora.inject;

import io.remora.inject.YamlEdits.Place;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * What pods are made of, in a manifest.
 *
 * @param object the kind and name of the object that it is in, as kubectl has it
 * @param pod has the pods' {@code metadata} and {@code spec}
 * @param place of that; null if it is the object itself
 */
record PodTemplate(String object, MappingNode pod, @Nullable Place place) {

    /** With {@code spec.template}. */
    private static final Set<String> CONTROLLERS =
            Set.of("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job");

    private static final Set<String> GROUPS = Set.of("v1", "apps/v1", "batch/v1");

    /** Tells of each in a document, also in the items of a list. */
    static void in(Node document, Consumer<PodTemplate> found) {
        String kind = Yaml.text(document, "kind");
        String version = Yaml.text(document, "apiVersion");
        if (!(document instanceof MappingNode object) || kind == null || version == null) {
            return;
        }
        if (kind.endsWith("List")) {
            Yaml.items(Yaml.value(object, "items")).forEach(item -> in(item, found));
        } else if (GROUPS.contains(version)) {
            String name = kind.toLowerCase(Locale.ROOT) + "/" + name(object);
            if (kind.equals("Pod")) {
                found.accept(new PodTemplate(name, object, null));
            } else if (CONTROLLERS.contains(kind)) {
                template(name, Yaml.value(object, "spec"), found);
            } else if (kind.equals("CronJob")) {
                template(name, Yaml.value(object, "spec", "jobTemplate", "spec"), found);
            }
        }
    }

    private static String name(MappingNode object) {
        String name = Yaml.text(object, "metadata", "name");
        String generated = Yaml.text(object, "metadata", "generateName");
        return name != null ? name : generated != null ? generated + "*" : "?";
    }

    private static void template(String name, @Nullable Node spec, Consumer<PodTemplate> found) {
        Place place = spec instanceof MappingNode mapping ? Place.of(mapping, "template") : null;
        if (place != null && place.value() instanceof MappingNode pod) {
            found.accept(new PodTemplate(name, pod, place));
        }
    }

    /** Where the pods' spec is; null if they have none, which the API server does not take. */
    @Nullable
    Place spec() {
        Place spec = Place.of(pod, "spec");
        return spec != null && spec.value() instanceof MappingNode ? spec : null;
    }

    Map<String, String> annotations() {
        return Yaml.texts(Yaml.value(pod, "metadata", "annotations"));
    }

    List<Node> containers(String list) {
        return Yaml.items(Yaml.value(pod, "spec", list));
    }
}
