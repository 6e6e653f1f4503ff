package io.remora.check;

import io.remora.kubernetes.ApiRequests;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * What the API server answered.
 *
 * @param body a missing node if it is no JSON
 */
record Reply(int status, JsonNode body) {

    static final JsonMapper JSON = new JsonMapper();

    static Reply of(ApiRequests.Answer answer) {
        return of(answer.status(), answer.body());
    }

    static Reply of(int status, String body) {
        try {
            return new Reply(status, body.isBlank() ? MissingNode.getInstance() : JSON.readTree(body));
        } catch (JacksonException e) {
            return new Reply(status, MissingNode.getInstance());
        }
    }

    boolean isOk() {
        return status >= 200 && status < 300;
    }

    boolean isMissing() {
        return status == 404;
    }

    boolean isForbidden() {
        return status == 401 || status == 403;
    }

    /** What the API server says about a failure; empty if it says nothing. */
    String message() {
        return body.path("message").asString("");
    }
}
