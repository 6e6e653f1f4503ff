package io.remora.registry;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map whose changed copy costs the square root of its size: the entries are spread over shards by their
 * hash, and a copy shares every shard that did not change. Reading allocates nothing.
 */
final class ShardedMap<K, V> {

    private static final int SHARDS = 512;
    private static final ShardedMap<Object, Object> EMPTY = new ShardedMap<>(emptyShards(), 0);

    private final Map<K, V>[] shards;
    private final int size;

    private ShardedMap(Map<K, V>[] shards, int size) {
        this.shards = shards;
        this.size = size;
    }

    @SuppressWarnings("unchecked") // an empty map holds no key and no value of any type
    static <K, V> ShardedMap<K, V> empty() {
        return (ShardedMap<K, V>) EMPTY;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no generic arrays
    private static <K, V> Map<K, V>[] emptyShards() {
        Map<K, V>[] shards = new Map[SHARDS];
        Arrays.fill(shards, Map.of());
        return shards;
    }

    @Nullable
    V get(K key) {
        return shards[shardOf(key)].get(key);
    }

    int size() {
        return size;
    }

    void forEachValue(Consumer<? super V> action) {
        for (Map<K, V> shard : shards) {
            shard.values().forEach(action);
        }
    }

    Editor<K, V> edit() {
        return new Editor<>(this);
    }

    private static int shardOf(Object key) {
        // The maps within the shards take the low bits of the hash, so the shard is chosen by the high bits of a mix.
        return (key.hashCode() * 0x9e3779b9) >>> 23;
    }

    /** Collects changes to one map. Owned by one thread. */
    static final class Editor<K, V> {

        private final ShardedMap<K, V> before;
        private final Map<K, V>[] shards;
        private final @Nullable Map<K, V>[] changed;
        private int size;

        @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no generic arrays
        private Editor(ShardedMap<K, V> before) {
            this.before = before;
            this.shards = before.shards.clone();
            this.changed = new Map[SHARDS];
            this.size = before.size;
        }

        @Nullable
        V get(K key) {
            int index = shardOf(key);
            Map<K, V> shard = changed[index];
            return (shard != null ? shard : shards[index]).get(key);
        }

        /** Every value as it is now; nothing may be changed meanwhile. */
        void forEachValue(Consumer<? super V> action) {
            for (int i = 0; i < SHARDS; i++) {
                Map<K, V> shard = changed[i];
                (shard != null ? shard : shards[i]).values().forEach(action);
            }
        }

        void put(K key, V value) {
            if (shard(key).put(key, value) == null) {
                size++;
            }
        }

        void remove(K key) {
            if (get(key) != null) {
                shard(key).remove(key);
                size--;
            }
        }

        ShardedMap<K, V> done() {
            boolean any = false;
            for (int i = 0; i < SHARDS; i++) {
                Map<K, V> shard = changed[i];
                if (shard != null) {
                    shards[i] = Map.copyOf(shard);
                    any = true;
                }
            }
            return any ? new ShardedMap<>(shards, size) : before;
        }

        private Map<K, V> shard(K key) {
            int index = shardOf(key);
            Map<K, V> shard = changed[index];
            if (shard == null) {
                shard = new HashMap<>(shards[index]);
                changed[index] = shard;
            }
            return shard;
        }
    }
}
