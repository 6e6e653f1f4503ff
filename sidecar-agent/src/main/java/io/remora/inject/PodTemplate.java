package io.remora.inject;

import io.remora.inject.YamlPlaces.Place;
import java.util.ArrayList;
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
 * @param path the keys and the places in lists that lead to it from the beginning of its document
 * @param pod has the pods' {@code metadata} and {@code spec}
 * @param place of that; null if it is the object itself
 */
record PodTemplate(
        String object,
        List<Object> path,
        MappingNode pod,
        @Nullable Place place) {

    PodTemplate {
        path = List.copyOf(path);
    }

    /** With {@code spec.template}. */
    private static final Set<String> CONTROLLERS =
            Set.of("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job");

    private static final Set<String> GROUPS = Set.of("v1", "apps/v1", "batch/v1");

    /** Tells of each in a document, also in the items of a list. */
    static void in(Node document, Consumer<PodTemplate> found) {
        in(document, List.of(), found);
    }

    private static void in(Node document, List<Object> path, Consumer<PodTemplate> found) {
        String kind = Yaml.text(document, "kind");
        String version = Yaml.text(document, "apiVersion");
        if (!(document instanceof MappingNode object) || kind == null || version == null) {
            return;
        }
        if (kind.endsWith("List")) {
            List<Node> items = Yaml.items(Yaml.value(object, "items"));
            for (int i = 0; i < items.size(); i++) {
                in(items.get(i), plus(path, "items", i), found);
            }
        } else if (GROUPS.contains(version)) {
            String name = kind.toLowerCase(Locale.ROOT) + "/" + name(object);
            if (kind.equals("Pod")) {
                found.accept(new PodTemplate(name, path, object, null));
            } else if (CONTROLLERS.contains(kind)) {
                template(name, Yaml.value(object, "spec"), plus(path, "spec", "template"), found);
            } else if (kind.equals("CronJob")) {
                template(
                        name,
                        Yaml.value(object, "spec", "jobTemplate", "spec"),
                        plus(path, "spec", "jobTemplate", "spec", "template"),
                        found);
            }
        }
    }

    private static List<Object> plus(List<Object> path, Object... more) {
        List<Object> longer = new ArrayList<>(path);
        longer.addAll(List.of(more));
        return longer;
    }

    private static String name(MappingNode object) {
        String name = Yaml.text(object, "metadata", "name");
        String generated = Yaml.text(object, "metadata", "generateName");
        return name != null ? name : generated != null ? generated + "*" : "?";
    }

    private static void template(String name, @Nullable Node spec, List<Object> path, Consumer<PodTemplate> found) {
        Place place = Place.of(spec, "template");
        if (place != null && place.value() instanceof MappingNode pod) {
            found.accept(new PodTemplate(name, path, pod, place));
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

    Map<String, String> labels() {
        return Yaml.texts(Yaml.value(pod, "metadata", "labels"));
    }

    /** Whether they wish to be left alone: by an annotation, or by a label, which the webhook's configuration can select by. */
    boolean isDisabled() {
        return isDisabled(annotations().get(PodSettings.INJECT)) || isDisabled(labels().get(PodSettings.INJECT));
    }

    private static boolean isDisabled(@Nullable String wish) {
        return "disabled".equals(wish) || "false".equals(wish);
    }

    /** Whether they end by themselves, as those of Jobs do. */
    boolean ends() {
        String restart = Yaml.text(pod, "spec", "restartPolicy");
        return object.startsWith("job/")
                || object.startsWith("cronjob/")
                || restart != null && !restart.equals("Always");
    }

    List<Node> containers(String list) {
        return Yaml.items(Yaml.value(pod, "spec", list));
    }
}
