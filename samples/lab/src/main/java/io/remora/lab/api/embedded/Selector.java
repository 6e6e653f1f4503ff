package io.remora.lab.api.embedded;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Parses label and field selectors as the API has them in {@code labelSelector} and {@code fieldSelector}. */
final class Selector {
    private static final Pattern SET = Pattern.compile("(\\S+)\\s+(in|notin)\\s*\\(([^)]*)\\)");
    private static final Pattern EQUALITY = Pattern.compile("([^=!\\s]+)\\s*(==|=|!=)\\s*(\\S*)");
    private static final Pattern EXISTENCE = Pattern.compile("(!?)\\s*([^=!\\s(),]+)");

    private Selector() {}

    static Predicate<ObjectNode> labels(String selector) {
        List<Predicate<ObjectNode>> terms = new ArrayList<>();
        for (String term : terms(selector)) {
            terms.add(labelTerm(term));
        }
        return object -> terms.stream().allMatch(term -> term.test(object));
    }

    private static Predicate<ObjectNode> labelTerm(String term) {
        Matcher set = SET.matcher(term);
        if (set.matches()) {
            Set<String> values = Arrays.stream(set.group(3).split(",", -1))
                    .map(String::strip)
                    .collect(Collectors.toSet());
            boolean in = set.group(2).equals("in");
            String key = set.group(1);
            return object -> {
                JsonNode value = label(object, key);
                return in
                        ? values.contains(value.asString("")) && !value.isMissingNode()
                        : value.isMissingNode() || !values.contains(value.asString(""));
            };
        }
        Matcher equality = EQUALITY.matcher(term);
        if (equality.matches()) {
            boolean equal = !equality.group(2).equals("!=");
            String key = equality.group(1);
            String expected = equality.group(3);
            return object -> {
                JsonNode value = label(object, key);
                return equal == (!value.isMissingNode() && value.asString("").equals(expected));
            };
        }
        Matcher existence = EXISTENCE.matcher(term);
        if (existence.matches()) {
            boolean present = existence.group(1).isEmpty();
            return object -> label(object, existence.group(2)).isMissingNode() != present;
        }
        throw ApiFailure.badRequest("unable to parse the label selector: " + term);
    }

    private static JsonNode label(ObjectNode object, String key) {
        return object.path("metadata").path("labels").path(key);
    }

    static Predicate<ObjectNode> fields(ResourceType type, String selector) {
        List<Predicate<ObjectNode>> terms = new ArrayList<>();
        for (String term : terms(selector)) {
            Matcher equality = EQUALITY.matcher(term);
            if (!equality.matches()) {
                throw ApiFailure.badRequest("unable to parse the field selector: " + term);
            }
            String field = equality.group(1);
            if (!fieldsOf(type).contains(field)) {
                throw ApiFailure.badRequest("field label not supported: " + field);
            }
            String[] path = field.split("\\.", -1);
            boolean equal = !equality.group(2).equals("!=");
            String expected = equality.group(3);
            terms.add(object -> equal == Json.text(object, path).equals(expected));
        }
        return object -> terms.stream().allMatch(term -> term.test(object));
    }

    /** The fields that the real server can select by. */
    private static Set<String> fieldsOf(ResourceType type) {
        return switch (type.plural()) {
            case "services" -> Set.of("metadata.name", "metadata.namespace", "spec.clusterIP", "spec.type");
            case "pods" ->
                Set.of(
                        "metadata.name",
                        "metadata.namespace",
                        "spec.nodeName",
                        "spec.restartPolicy",
                        "spec.serviceAccountName",
                        "status.phase",
                        "status.podIP");
            case "nodes" -> Set.of("metadata.name", "spec.unschedulable");
            case "namespaces" -> Set.of("metadata.name", "status.phase");
            case "secrets" -> Set.of("metadata.name", "metadata.namespace", "type");
            default -> Set.of("metadata.name", "metadata.namespace");
        };
    }

    /** Splits at the commas outside of parentheses. */
    private static List<String> terms(String selector) {
        List<String> terms = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= selector.length(); i++) {
            char c = i < selector.length() ? selector.charAt(i) : ',';
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (c == ',' && (depth == 0 || i == selector.length())) {
                String term = selector.substring(start, i).strip();
                if (!term.isEmpty()) {
                    terms.add(term);
                }
                start = i + 1;
            }
        }
        return terms;
    }
}
