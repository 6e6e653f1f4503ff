package io.remora.lab.api.embedded;

import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/** Maps a method on a path to what is done with the objects, and the answer. Owned by the event loop. */
final class Resources {

    /**
     * An answer other than a watch.
     *
     * @param verb what was done, as the metrics name it: LIST, GET, POST, PUT, PATCH, DELETE, DELETECOLLECTION
     */
    record Answer(String verb, int code, StoredObject body) {}

    private final ServerState state;

    Resources(ServerState state) {
        this.state = state;
    }

    Answer answer(String method, Target target, Query query, String mediaType, byte[] body) {
        String subresource = target.subresource();
        if (subresource.equals("token")) {
            return token(method, target, body);
        }
        if (!subresource.isEmpty()
                && !(subresource.equals("status") && target.type().hasStatus())) {
            throw ApiFailure.noSuchPath();
        }
        return target.isCollection()
                ? collection(method, target, query, body)
                : object(method, target, query, mediaType, body);
    }

    private Answer token(String method, Target target, byte[] body) {
        if (!target.type().equals(ResourceType.SERVICE_ACCOUNTS)) {
            throw ApiFailure.noSuchPath();
        }
        if (!method.equals("POST")) {
            throw ApiFailure.methodNotAllowed(method);
        }
        return new Answer(method, 201, new StoredObject(state.tokens().issue(target, Json.parseObject(body))));
    }

    private Answer collection(String method, Target target, Query query, byte[] body) {
        return switch (method) {
            case "GET" -> new Answer("LIST", 200, new StoredObject(state.lists().list(target, query)));
            case "POST" -> new Answer(method, 201, state.objects().create(target, Json.parseObject(body)));
            case "DELETE" -> deleteAll(target, query, options(body));
            default -> throw ApiFailure.methodNotAllowed(method);
        };
    }

    private Answer deleteAll(Target target, Query query, ObjectNode options) {
        Predicate<ObjectNode> selected = query.selector(target);
        List<StoredObject> found = state.store().list(target.type(), target.namespace()).stream()
                .filter(object -> selected.test(object.tree()))
                .toList();
        for (StoredObject object : found) {
            state.objects().delete(Objects.key(target.type(), object.tree()), options);
        }
        return new Answer("DELETECOLLECTION", 200, new StoredObject(success()));
    }

    private static ObjectNode success() {
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        return status.put("status", "Success");
    }

    private Answer object(String method, Target target, Query query, String mediaType, byte[] body) {
        return switch (method) {
            case "GET" -> new Answer(method, 200, state.store().get(target.key()));
            case "PUT" -> new Answer(method, 200, state.objects().update(target, Json.parseObject(body)));
            case "PATCH" -> new Answer(method, 200, state.objects().patch(target, mediaType, body));
            case "DELETE" -> new Answer(method, 200, delete(target, query, options(body)));
            default -> throw ApiFailure.methodNotAllowed(method);
        };
    }

    private StoredObject delete(Target target, Query query, ObjectNode options) {
        if (!query.text("gracePeriodSeconds").isEmpty()) {
            options.put("gracePeriodSeconds", query.number("gracePeriodSeconds", 0));
        }
        return state.objects().delete(target.key(), options);
    }

    private static ObjectNode options(byte[] body) {
        return body.length == 0 ? Json.object() : Json.parseObject(body);
    }
}
