package io.remora.agent;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole request to the admin server.
 *
 * @param method the HTTP method
 * @param path decoded, without the query
 * @param query decoded parameters
 * @param bodyBytes length of the body; no page wants one
 * @param refusal why it may not change anything; null if it may
 */
record AdminRequest(
        String method,
        String path,
        Map<String, List<String>> query,
        int bodyBytes,
        @Nullable String refusal) {

    /**
     * Splits the request target.
     *
     * @throws IllegalArgumentException if a percent escape in it is malformed
     */
    static AdminRequest of(String method, String target, int bodyBytes, @Nullable String refusal) {
        QueryStringDecoder decoder = new QueryStringDecoder(target);
        return new AdminRequest(method, decoder.path(), decoder.parameters(), bodyBytes, refusal);
    }

    /** Returns the first value of a parameter; null if it is not there. */
    @Nullable
    String parameter(String name) {
        List<String> values = query.get(name);
        return values == null ? null : values.get(0);
    }
}
