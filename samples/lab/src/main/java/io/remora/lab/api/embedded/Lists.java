package io.remora.lab.api.embedded;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers lists, in pages where asked: a continue token names the rest of the list as it was at the first page. Only the most
 * recent tokens are kept; others have expired. Owned by the event loop.
 */
final class Lists {
    private static final int MAX_TOKENS = 64;

    private record Rest(long revision, List<StoredObject> objects) {}

    private final ObjectStore store;
    private final Map<String, Rest> rests = new LinkedHashMap<>();

    Lists(ObjectStore store) {
        this.store = store;
    }

    ObjectNode list(Target target, Query query) {
        String token = query.text("continue");
        Rest page = token.isEmpty() ? first(target, query) : continued(token);
        int limit = (int) Math.min(query.number("limit", 0), Integer.MAX_VALUE);
        int size = limit > 0
                ? Math.min(limit, page.objects().size())
                : page.objects().size();
        ObjectNode list = Json.object();
        list.put("kind", target.type().kind() + "List");
        list.put("apiVersion", target.type().apiVersion());
        ObjectNode metadata = list.putObject("metadata");
        metadata.put("resourceVersion", Long.toString(page.revision()));
        ArrayNode items = list.putArray("items");
        page.objects().subList(0, size).forEach(object -> items.add(object.tree()));
        if (size < page.objects().size()) {
            List<StoredObject> left =
                    page.objects().subList(size, page.objects().size());
            metadata.put("continue", remember(new Rest(page.revision(), left)));
            metadata.put("remainingItemCount", left.size());
        }
        return list;
    }

    private Rest first(Target target, Query query) {
        long asked = query.number("resourceVersion", 0);
        if (asked > store.revision()) {
            throw ApiFailure.resourceVersionTooLarge(asked, store.revision());
        }
        Predicate<ObjectNode> selected = query.selector(target);
        List<StoredObject> objects = store.list(target.type(), target.namespace()).stream()
                .filter(object -> selected.test(object.tree()))
                .toList();
        return new Rest(store.revision(), objects);
    }

    private Rest continued(String token) {
        Rest rest = rests.get(token);
        if (rest == null) {
            throw ApiFailure.gone("The provided continue parameter is too old to display a consistent list result.");
        }
        return rest;
    }

    private String remember(Rest rest) {
        if (rests.size() >= MAX_TOKENS) {
            Iterator<String> oldest = rests.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        String token = UUID.randomUUID().toString();
        rests.put(token, rest);
        return token;
    }

    /** Makes all continue tokens expire. */
    void forget() {
        rests.clear();
    }
}
