package io.remora.lab.api.embedded;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Everything behind the connections: it outlives them, as etcd outlives a kube-apiserver. Owned by the event loop. */
final class ServerState {
    private final ObjectStore store;
    private final ObjectApi objects;
    private final Lists lists;
    private final Tokens tokens;
    private final RequestMetrics metrics = new RequestMetrics();
    private final Set<WatchSession> watches = new LinkedHashSet<>();

    /**
     * @param data the file that keeps the objects; null keeps them in memory
     * @param address where the server is reached
     */
    ServerState(EmbeddedConfig config, @Nullable Path data, InetSocketAddress address) {
        store = new ObjectStore(config.historyLimit(), data == null ? null : new Journal(data));
        objects = new ObjectApi(store);
        lists = new Lists(store);
        tokens = new Tokens(store, config.adminToken());
        if (store.isEmpty()) {
            Bootstrap.run(objects, address);
        }
    }

    ObjectStore store() {
        return store;
    }

    ObjectApi objects() {
        return objects;
    }

    Lists lists() {
        return lists;
    }

    Tokens tokens() {
        return tokens;
    }

    RequestMetrics metrics() {
        return metrics;
    }

    void opened(WatchSession watch) {
        if (watches.add(watch)) {
            metrics.watches(watch.target(), 1);
        }
    }

    void closed(WatchSession watch) {
        if (watches.remove(watch)) {
            metrics.watches(watch.target(), -1);
        }
    }

    /** Forgets the history and ends the watches, so that every client meets 410 when it takes up where it was. */
    void expire() {
        store.compact();
        lists.forget();
        List.copyOf(watches).forEach(WatchSession::finish);
    }

    void close() {
        store.close();
    }
}
