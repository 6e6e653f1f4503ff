package io.remora.lab.api.embedded;

import tools.jackson.databind.node.ObjectNode;

/** An answer other than success, as the API gives it: an HTTP code and a {@code Status} object. Stackless. */
final class ApiFailure extends RuntimeException {
    private final int code;
    private final transient ObjectNode status;

    private ApiFailure(int code, String reason, String message) {
        super(message, null, false, false);
        this.code = code;
        this.status = Json.object();
        status.put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Failure").put("message", message).put("reason", reason);
        status.put("code", code);
    }

    static ApiFailure badRequest(String message) {
        return new ApiFailure(400, "BadRequest", message);
    }

    static ApiFailure unauthorized() {
        return new ApiFailure(401, "Unauthorized", "Unauthorized");
    }

    static ApiFailure forbidden(String message) {
        return new ApiFailure(403, "Forbidden", message);
    }

    static ApiFailure noSuchPath() {
        return new ApiFailure(404, "NotFound", "the server could not find the requested resource");
    }

    static ApiFailure notFound(ObjectKey key) {
        return about(key, new ApiFailure(404, "NotFound", named(key) + " not found"));
    }

    static ApiFailure methodNotAllowed(String method) {
        return new ApiFailure(405, "MethodNotAllowed", "the server does not allow " + method + " on this resource");
    }

    static ApiFailure alreadyExists(ObjectKey key) {
        return about(key, new ApiFailure(409, "AlreadyExists", named(key) + " already exists"));
    }

    static ApiFailure conflict(ObjectKey key, String why) {
        return about(
                key, new ApiFailure(409, "Conflict", "Operation cannot be fulfilled on " + named(key) + ": " + why));
    }

    static ApiFailure gone(long requested, long oldest) {
        return gone("too old resource version: " + requested + " (" + oldest + ")");
    }

    static ApiFailure gone(String message) {
        return new ApiFailure(410, "Expired", message);
    }

    static ApiFailure unsupportedMediaType(String type) {
        return new ApiFailure(415, "UnsupportedMediaType", "the body of the request was in an unknown format: " + type);
    }

    static ApiFailure invalid(ObjectKey key, String field, String message) {
        String text = key.type().kind() + " \"" + key.name() + "\" is invalid: " + field + ": " + message;
        ApiFailure failure = about(key, new ApiFailure(422, "Invalid", text));
        failure.status
                .withObject("/details")
                .putArray("causes")
                .addObject()
                .put("reason", "FieldValueInvalid")
                .put("message", message)
                .put("field", field);
        return failure;
    }

    static ApiFailure resourceVersionTooLarge(long requested, long current) {
        ApiFailure failure = new ApiFailure(
                504, "Timeout", "Timeout: Too large resource version: " + requested + ", current: " + current);
        ObjectNode details = failure.status.putObject("details");
        details.putArray("causes")
                .addObject()
                .put("reason", "ResourceVersionTooLarge")
                .put("message", "Too large resource version");
        details.put("retryAfterSeconds", 1);
        return failure;
    }

    private static String named(ObjectKey key) {
        return key.type().qualified() + " \"" + key.name() + "\"";
    }

    private static ApiFailure about(ObjectKey key, ApiFailure failure) {
        ObjectNode details = failure.status.putObject("details");
        details.put("name", key.name());
        if (!key.type().group().isEmpty()) {
            details.put("group", key.type().group());
        }
        details.put("kind", key.type().plural());
        return failure;
    }

    int code() {
        return code;
    }

    ObjectNode status() {
        return status;
    }
}
