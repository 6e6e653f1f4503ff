package io.remora.agent;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole request to the admin server.
 *
 * @param method the HTTP method
 * @param path decoded, without the query
 * @param query decoded parameters
 * @param bodyBytes length of the body; no page wants one
 * @param html whether it comes from a browser that wants a page to show
 * @param refusal why it may not change anything; null if it may
 */
record AdminRequest(
        String method,
        String path,
        Map<String, List<String>> query,
        int bodyBytes,
        boolean html,
        @Nullable String refusal) {

    /**
     * Splits the request target.
     *
     * @param accept the {@code Accept} header; null if there is none
     * @throws IllegalArgumentException if a percent escape in it is malformed
     */
    static AdminRequest of(
            String method, String target, int bodyBytes, @Nullable String accept, @Nullable String refusal) {
        QueryStringDecoder decoder = new QueryStringDecoder(target);
        boolean html = accept != null && accept.toLowerCase(Locale.ROOT).contains("text/html");
        return new AdminRequest(method, decoder.path(), decoder.parameters(), bodyBytes, html, refusal);
    }

    /** Returns the first value of a parameter; null if it is not there. */
    @Nullable
    String parameter(String name) {
        List<String> values = query.get(name);
        return values == null ? null : values.get(0);
    }

    /** Returns the first value of a parameter; the fallback if it is not there. */
    String parameter(String name, String fallback) {
        String value = parameter(name);
        return value == null ? fallback : value;
    }

    /**
     * Returns the first value of a parameter as a number from 1 on; the fallback if it is not there.
     *
     * @throws IllegalArgumentException if it is no such number, for the client
     */
    int number(String name, int fallback, int most) {
        String value = parameter(name);
        if (value == null) {
            return fallback;
        }
        if (!value.matches("[1-9][0-9]{0,8}") || Integer.parseInt(value) > most) {
            throw new IllegalArgumentException(name + " must be a number from 1 to " + most + ": '" + value + "'");
        }
        return Integer.parseInt(value);
    }

    /**
     * Returns the first value of a parameter as the constant whose name it is in lower case; the fallback if it is not
     * there.
     *
     * @throws IllegalArgumentException if it is none, for the client
     */
    <E extends Enum<E>> E constant(String name, E fallback) {
        String value = parameter(name);
        if (value == null) {
            return fallback;
        }
        List<String> names = new ArrayList<>();
        for (E each : fallback.getDeclaringClass().getEnumConstants()) {
            names.add(each.name().toLowerCase(Locale.ROOT));
            if (names.get(names.size() - 1).equals(value)) {
                return each;
            }
        }
        throw new IllegalArgumentException(name + " must be one of " + String.join(", ", names) + ": '" + value + "'");
    }
}
