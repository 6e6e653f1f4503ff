package io.remora.lab.api.embedded;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The objects, one counter of resource versions for all of them, and the recent changes. Like a kube-apiserver's watch cache
 * the history is in memory only and begins anew with each start; the objects survive in the journal. Owned by the event
 * loop.
 */
final class ObjectStore {
    private final TreeMap<ObjectKey, StoredObject> objects = new TreeMap<>();
    private final Deque<Change> history = new ArrayDeque<>();
    private final Set<Consumer<Change>> listeners = new LinkedHashSet<>();
    private final int historyLimit;
    private final @Nullable Journal journal;
    private long revision;
    private long historyStart;

    /**
     * @param historyLimit how many changes a watch can start from
     * @param journal what keeps the objects across restarts of the process; null keeps them in memory
     */
    ObjectStore(int historyLimit, @Nullable Journal journal) {
        this.historyLimit = historyLimit;
        this.journal = journal;
        if (journal != null) {
            revision = journal.readInto(objects);
        }
        historyStart = revision;
    }

    /** The newest resource version. */
    long revision() {
        return revision;
    }

    boolean isEmpty() {
        return objects.isEmpty();
    }

    Optional<StoredObject> find(ObjectKey key) {
        return Optional.ofNullable(objects.get(key));
    }

    StoredObject get(ObjectKey key) {
        return find(key).orElseThrow(() -> ApiFailure.notFound(key));
    }

    /** The objects of a type, ordered by namespace and name; an empty namespace means all of them. */
    Collection<StoredObject> list(ResourceType type, String namespace) {
        ObjectKey from = new ObjectKey(type, namespace, "");
        ObjectKey to = new ObjectKey(type, namespace.isEmpty() ? "\uffff" : namespace + "\0", "");
        return Collections.unmodifiableCollection(objects.subMap(from, to).values());
    }

    /** All keys of a namespace. */
    List<ObjectKey> keysIn(String namespace) {
        return objects.keySet().stream()
                .filter(key -> key.namespace().equals(namespace))
                .toList();
    }

    /** Creates or replaces an object; {@code tree} belongs to the store afterwards. */
    StoredObject put(ObjectKey key, ObjectNode tree) {
        revision++;
        Json.metadata(tree).put("resourceVersion", Long.toString(revision));
        StoredObject object = new StoredObject(tree);
        record(new Change(revision, key, objects.put(key, object), object, false));
        return object;
    }

    /** Deletes an object and returns its last state, with the resource version of the deletion. */
    StoredObject delete(ObjectKey key) {
        StoredObject before = get(key);
        objects.remove(key);
        revision++;
        ObjectNode last = before.copy();
        Json.metadata(last).put("resourceVersion", Long.toString(revision));
        StoredObject object = new StoredObject(last);
        record(new Change(revision, key, before, object, true));
        return object;
    }

    private void record(Change change) {
        if (journal != null) {
            journal.append(change);
        }
        history.addLast(change);
        if (history.size() > historyLimit) {
            historyStart = history.removeFirst().revision();
        }
        List.copyOf(listeners).forEach(listener -> listener.accept(change));
    }

    /**
     * The changes after a resource version.
     *
     * @throws ApiFailure 410 when they are no longer known
     */
    List<Change> changesAfter(long from) {
        if (from < historyStart) {
            throw ApiFailure.gone(from, historyStart);
        }
        List<Change> after = new ArrayList<>();
        for (Change change : history) {
            if (change.revision() > from) {
                after.add(change);
            }
        }
        return after;
    }

    /** Forgets the history, as a restart does: watches from before the newest resource version are refused from now on. */
    void forgetHistory() {
        historyStart = revision;
        history.clear();
    }

    /** Forgets the history: watches from any resource version that was ever told are refused from now on. */
    void compact() {
        // The counter moves, so that a client at the newest version is too old as well.
        revision++;
        forgetHistory();
    }

    void subscribe(Consumer<Change> listener) {
        listeners.add(listener);
    }

    void unsubscribe(Consumer<Change> listener) {
        listeners.remove(listener);
    }

    void close() {
        if (journal != null) {
            journal.close();
        }
    }
}
