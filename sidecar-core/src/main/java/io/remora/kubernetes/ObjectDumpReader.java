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
import java.util.regex.Pattern;
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
    private static final Pattern JSON_BEGINNING = Pattern.compile("\\s*\\{\\s*[\"}]");
    private static final LoadSettings YAML =
            LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();

    /** The kinds that are read, and their versions. */
    private static final Map<String, String> VERSIONS =
            Map.of("Service", "v1", "EndpointSlice", "discovery.k8s.io/v1", "Node", "v1");

    private final ServiceMapper serviceMapper;
    private final EndpointSliceMapper sliceMapper;
    private final NamespaceState state = new NamespaceState();
    private final ResourceStore<ServiceSpec> services = state.services();
    private final ResourceStore<SliceContent> slices = state.slices();
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private int slicesRead;

    ObjectDumpReader() {
        Interner interner = new Interner();
        serviceMapper = new ServiceMapper(interner);
        sliceMapper = new EndpointSliceMapper(interner, false);
    }

    ObjectDump read(List<Document> documents) throws UnusableException {
        for (Document document : documents) {
            Parsed parsed = parse(document.content());
            int number = 0;
            for (JsonNode root : parsed.roots()) {
                object(root, new Place(document.name(), ++number, ""));
            }
            if (parsed.problem() != null) {
                problems.add(new Place(document.name(), number + 1, "").problem(parsed.problem()));
            }
        }
        if (!problems.isEmpty()) {
            throw new UnusableException(problems);
        }
        return new ObjectDump(told(), slicesRead, List.copyOf(nodes.values()));
    }

    /**
     * The documents of a text.
     *
     * @param problem what is wrong with the one behind them; null if nothing is
     */
    private record Parsed(List<JsonNode> roots, @Nullable String problem) {}

    /** What looks like JSON and is not may still be YAML, which has braces too. */
    private static Parsed parse(String text) {
        if (!text.stripLeading().startsWith("{")) {
            return yaml(text);
        }
        Parsed json = json(text);
        if (json.problem() == null) {
            return json;
        }
        Parsed yaml = yaml(text);
        return yaml.problem() == null || !JSON_BEGINNING.matcher(text).lookingAt() ? yaml : json;
    }

    private static Parsed json(String text) {
        List<JsonNode> roots = new ArrayList<>();
        try (MappingIterator<JsonNode> each = JSON.readerFor(JsonNode.class).readValues(text)) {
            while (each.hasNext()) {
                roots.add(each.next());
            }
            return new Parsed(roots, null);
        } catch (JacksonException e) {
            String at =
                    e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            String message = oneLine(e.getOriginalMessage()).replaceAll("\\s*\\(?[^(]*\\[Source:.*", "");
            return new Parsed(roots, "no valid JSON: " + message + at);
        }
    }

    private static Parsed yaml(String text) {
        List<JsonNode> roots = new ArrayList<>();
        try {
            for (Object root : new Load(YAML).loadAllFromString(text)) {
                roots.add(JSON.valueToTree(root));
            }
            return new Parsed(roots, null);
        } catch (YamlEngineException e) {
            return new Parsed(roots, "neither YAML nor JSON: " + oneLine(e.getMessage()));
        } catch (StackOverflowError | JacksonException e) {
            return new Parsed(roots, "it is nested too deeply, or refers to itself");
        }
    }

    private static String oneLine(@Nullable String text) {
        return text == null ? "" : text.strip().replaceAll("\\s*\\n\\s*", "; ");
    }

    /** Where an object stands. */
    private record Place(String file, int document, String field) {

        Place item(int index) {
            return new Place(file, document, (field.isEmpty() ? "" : field + ".") + "items[" + index + "]");
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
        String expected = VERSIONS.get(kind);
        if (expected == null || isOfAnotherGroup(apiVersion, expected)) {
            return; // Pods and the like, and for example Knative's Services
        }
        String named = named(root, kind);
        if (!apiVersion.equals(expected)) {
            problems.add(place.problem(named + ", apiVersion: " + expected + " is expected, "
                    + (apiVersion.isEmpty() ? "and there is none" : "not " + apiVersion)));
            return;
        }
        String nothing = nullInList(root, "");
        if (nothing != null) {
            problems.add(place.problem(named + ", " + nothing + ": a value is expected, not null"));
            return;
        }
        try {
            switch (kind) {
                case "Service" -> {
                    report(ObjectDumpChecks.service(root), named, place);
                    Service service = value(root, Service.class);
                    services.put(ObjectKey.of(service.getMetadata()), serviceMapper.map(service));
                }
                case "EndpointSlice" -> {
                    report(ObjectDumpChecks.endpointSlice(root), named, place);
                    slice(value(root, EndpointSlice.class));
                }
                default -> {
                    Node node = NodeMapper.map(root);
                    nodes.put(node.name(), node);
                }
            }
        } catch (JacksonException e) {
            problems.add(place.problem(named + path(e) + ": " + expectation(e)));
        } catch (IllegalArgumentException e) {
            problems.add(place.problem(named + ": " + e.getMessage()));
        }
    }

    private void report(List<String> wrong, String named, Place place) {
        wrong.forEach(problem -> problems.add(place.problem(named + ", " + problem)));
    }

    private static boolean isOfAnotherGroup(String apiVersion, String expected) {
        return !apiVersion.isEmpty() && !group(apiVersion).equals(group(expected));
    }

    private static String group(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    /** Returns the path of the first null within a list, which no list of the API has; null if there is none. */
    private static @Nullable String nullInList(JsonNode node, String path) {
        int index = 0;
        for (JsonNode item : node.isArray() ? node : JSON.createArrayNode()) {
            String itemPath = path + "[" + index++ + "]";
            if (item.isNull()) {
                return itemPath;
            }
            String inside = nullInList(item, itemPath);
            if (inside != null) {
                return inside;
            }
        }
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            String inside = nullInList(
                    property.getValue(), path.isEmpty() ? property.getKey() : path + "." + property.getKey());
            if (inside != null) {
                return inside;
            }
        }
        return null;
    }

    private void slice(EndpointSlice slice) {
        slicesRead++;
        ObjectKey key = ObjectKey.of(slice.getMetadata());
        SliceContent content = sliceMapper.map(slice);
        if (content != null) {
            slices.put(key, content);
        } else {
            slices.remove(key);
        }
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
