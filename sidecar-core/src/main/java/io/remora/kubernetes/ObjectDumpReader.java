package io.remora.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.ServiceSpec;
import io.remora.kubernetes.ObjectDump.Document;
import io.remora.kubernetes.ObjectDump.Node;
import io.remora.kubernetes.ObjectDump.UnusableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads an {@link ObjectDump}, with the mappers that read a watch. Used once. */
final class ObjectDumpReader {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final LoadSettings YAML =
            LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();

    private final ServiceMapper serviceMapper;
    private final EndpointSliceMapper sliceMapper;
    private final NamespaceState state = new NamespaceState();
    private final ResourceStore<ServiceSpec> services = state.services();
    private final ResourceStore<SliceContent> slices = state.slices();
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private int others;

    ObjectDumpReader() {
        Interner interner = new Interner();
        serviceMapper = new ServiceMapper(interner);
        sliceMapper = new EndpointSliceMapper(interner);
    }

    ObjectDump read(List<Document> documents) throws UnusableException {
        for (Document document : documents) {
            try {
                int number = 0;
                for (JsonNode root : split(document.content())) {
                    number++;
                    object(root, new Place(document.name(), number, ""));
                }
            } catch (JacksonException e) {
                problems.add(document.name() + ": no valid JSON: " + e.getOriginalMessage() + at(e));
            } catch (YamlEngineException e) {
                problems.add(document.name() + ": neither YAML nor JSON: " + oneLine(e.getMessage()));
            }
        }
        if (!problems.isEmpty()) {
            throw new UnusableException(problems);
        }
        return new ObjectDump(told(), List.copyOf(nodes.values()), others);
    }

    private static String at(JacksonException e) {
        return e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
    }

    private static String oneLine(@Nullable String text) {
        return text == null ? "" : text.strip().replaceAll("\\s*\\n\\s*", "; ");
    }

    private static List<JsonNode> split(String text) {
        List<JsonNode> roots = new ArrayList<>();
        if (text.stripLeading().startsWith("{")) {
            try (MappingIterator<JsonNode> each = JSON.readerFor(JsonNode.class).readValues(text)) {
                each.forEachRemaining(roots::add);
            }
            return roots;
        }
        for (Object root : new Load(YAML).loadAllFromString(text)) {
            roots.add(JSON.valueToTree(root));
        }
        return roots;
    }

    /** Where an object stands. */
    private record Place(String file, int document, String field) {

        Place item(int index) {
            return new Place(file, document, "items[" + index + "]");
        }

        String problem(String text) {
            return file + ", document " + document + (field.isEmpty() ? "" : ", " + field) + ": " + text;
        }
    }

    private void object(JsonNode root, Place place) {
        if (root.isNull() || root.isMissingNode()) {
            return; // an empty document, as behind a last "---"
        }
        if (!root.isObject()) {
            problems.add(place.problem("this is no Kubernetes object: a mapping with apiVersion and kind is expected"));
            return;
        }
        String kind = root.path("kind").asString("");
        String apiVersion = root.path("apiVersion").asString("");
        if (kind.isEmpty()) {
            problems.add(place.problem("kind is missing"));
        } else if (kind.endsWith("List") && root.has("items")) {
            list(root, kind.substring(0, kind.length() - "List".length()), apiVersion, place);
        } else {
            read(root, kind, apiVersion, place);
        }
    }

    /** The items of a list that the API itself answered have neither kind nor version. */
    private void list(JsonNode list, String kind, String apiVersion, Place place) {
        if (!list.path("items").isArray() && !list.path("items").isNull()) {
            problems.add(place.problem("items: a list is expected"));
            return;
        }
        int index = 0;
        for (JsonNode item : list.path("items")) {
            if (item instanceof ObjectNode object && !kind.isEmpty() && !object.has("kind")) {
                object.put("kind", kind).put("apiVersion", apiVersion);
            }
            object(item, place.item(index++));
        }
    }

    private void read(JsonNode root, String kind, String apiVersion, Place place) {
        String type = apiVersion + "/" + kind;
        try {
            switch (type) {
                case "v1/Service" -> {
                    Service service = value(root, Service.class);
                    services.put(ObjectKey.of(service.getMetadata()), serviceMapper.map(service));
                }
                case "discovery.k8s.io/v1/EndpointSlice" -> slice(value(root, EndpointSlice.class));
                case "v1/Node" -> node(value(root, io.fabric8.kubernetes.api.model.Node.class));
                default -> others++;
            }
        } catch (JacksonException e) {
            problems.add(place.problem(named(root, kind) + path(e) + ": " + expectation(e)));
        } catch (IllegalArgumentException e) {
            problems.add(place.problem(named(root, kind) + ": " + e.getMessage()));
        }
    }

    private void slice(EndpointSlice slice) {
        ObjectKey key = ObjectKey.of(slice.getMetadata());
        SliceContent content = sliceMapper.map(slice);
        if (content != null) {
            slices.put(key, content);
        } else {
            slices.remove(key);
        }
    }

    private void node(io.fabric8.kubernetes.api.model.Node node) {
        Node mapped = NodeMapper.map(node);
        nodes.put(mapped.name(), mapped);
    }

    /** An object without a namespace, as in a hand-written manifest, is in the one that kubectl would put it into. */
    private static <T extends HasMetadata> T value(JsonNode root, Class<T> type) {
        T object = JSON.treeToValue(root, type);
        if (object.getMetadata() == null || object.getMetadata().getName() == null) {
            throw new IllegalArgumentException("metadata.name is missing");
        }
        if (object.getMetadata().getNamespace() == null) {
            object.getMetadata().setNamespace("default");
        }
        return object;
    }

    private static String named(JsonNode root, String kind) {
        JsonNode metadata = root.path("metadata");
        String name = metadata.path("name").asString("");
        String namespace = metadata.path("namespace").asString("");
        return kind + (name.isEmpty() ? "" : " " + (namespace.isEmpty() ? name : namespace + "/" + name));
    }

    /** What should stand there, without the names of Java's types. */
    private static String expectation(JacksonException e) {
        Class<?> type = e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        if (type == null) {
            return oneLine(e.getOriginalMessage());
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "a list is expected";
        }
        if (Number.class.isAssignableFrom(type)) {
            return "a number is expected";
        }
        if (type == Boolean.class) {
            return "true or false is expected";
        }
        return type == String.class ? "text is expected" : "a mapping is expected";
    }

    private static String path(JacksonException e) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? ", " : ".").append(step.getPropertyName());
            }
        }
        return path.toString();
    }

    private List<ServiceSnapshot> told() {
        return state.all().stream()
                .sorted(Comparator.comparing(ServiceSnapshot::id))
                .toList();
    }
}
