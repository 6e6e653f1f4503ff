package io.remora.lab.api.embedded;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/** The parameters of a request. */
record Query(Map<String, List<String>> parameters) {

    static Query of(QueryStringDecoder decoder) {
        Query query = new Query(decoder.parameters());
        if (!query.text("dryRun").isEmpty()) {
            throw ApiFailure.badRequest("dryRun is not supported by the embedded API server; set KUBEBUILDER_ASSETS");
        }
        return query;
    }

    /** The value of a parameter; empty when it was not given. */
    String text(String parameter) {
        List<String> values = parameters.getOrDefault(parameter, List.of());
        return values.isEmpty() ? "" : values.get(0);
    }

    boolean flag(String parameter) {
        String value = text(parameter);
        return value.equals("1") || value.equals("true");
    }

    long number(String parameter, long absent) {
        String value = text(parameter);
        try {
            return value.isEmpty() ? absent : Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw ApiFailure.badRequest("invalid " + parameter + ": \"" + value + "\" is not a number");
        }
    }

    Predicate<ObjectNode> selector(Target target) {
        Predicate<ObjectNode> selected =
                Selector.labels(text("labelSelector")).and(Selector.fields(target.type(), text("fieldSelector")));
        if (target.type().namespaced() && !target.namespace().isEmpty()) {
            selected = selected.and(
                    object -> Json.text(object, "metadata", "namespace").equals(target.namespace()));
        }
        if (!target.isCollection()) {
            selected =
                    selected.and(object -> Json.text(object, "metadata", "name").equals(target.name()));
        }
        return selected;
    }
}
