package io.remora.check;

import io.remora.kubernetes.ApiRequests;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** A real one. What was got is kept, so that all checks see the same. Not thread-safe. */
final class ApiCluster implements Cluster {

    private final ApiRequests api;
    private final Map<String, Reply> known = new HashMap<>();

    ApiCluster(ApiRequests api) {
        this.api = api;
    }

    @Override
    public String address() {
        return api.server();
    }

    @Override
    public Reply get(String path) {
        Reply kept = known.get(path);
        if (kept != null) {
            return kept;
        }
        try {
            Reply reply = Reply.of(api.get(path));
            known.put(path, reply);
            return reply;
        } catch (IOException e) {
            throw new UnreachableException(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Reply post(String path, String json) {
        try {
            return Reply.of(api.post(path, json));
        } catch (IOException e) {
            throw new UnreachableException(String.valueOf(e.getMessage()));
        }
    }
}
