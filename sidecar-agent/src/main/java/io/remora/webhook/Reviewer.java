package io.remora.webhook;

import io.remora.inject.InjectException;
import io.remora.inject.Injector;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers an AdmissionReview of {@code admission.k8s.io/v1}. Thread-safe. */
final class Reviewer {

    private static final Logger LOGGER = LoggerFactory.getLogger(Reviewer.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String GROUP_VERSION = "admission.k8s.io/v1";
    private static final int FORBIDDEN = 403;

    private final Injector injector;
    private final OnRefusal onRefusal;

    Reviewer(Injector injector, OnRefusal onRefusal) {
        this.injector = injector;
        this.onRefusal = onRefusal;
    }

    /** What becomes of a pod that cannot have an agent. */
    enum OnRefusal {
        /** It is created without, and whoever creates it is warned. */
        ADMIT,
        /** It is not created. */
        DENY
    }

    /** How a review ended. */
    enum Verdict {
        INJECTED,
        UNCHANGED,
        REFUSED,
        DENIED
    }

    /** @param json an AdmissionReview with the response */
    record Answer(Verdict verdict, String json) {}

    /** @throws ReviewException if it is no AdmissionReview of that version */
    Answer review(byte[] body) throws ReviewException {
        JsonNode review;
        try {
            review = JSON.readTree(body);
        } catch (JacksonException e) {
            throw new ReviewException("the body is no JSON: " + e.getOriginalMessage());
        }
        JsonNode request = review.path("request");
        if (!review.path("kind").asString("").equals("AdmissionReview") || !request.isObject()) {
            throw new ReviewException("the body is no AdmissionReview with a request");
        }
        if (!review.path("apiVersion").asString("").equals(GROUP_VERSION)) {
            throw new ReviewException(
                    "apiVersion is '" + review.path("apiVersion").asString("")
                            + "'; set admissionReviewVersions: [v1] in the webhook's configuration");
        }
        String uid = request.path("uid").asString("");
        if (uid.isEmpty()) {
            throw new ReviewException("the request has no uid");
        }
        ObjectNode answer = JSON.createObjectNode();
        answer.put("apiVersion", GROUP_VERSION).put("kind", "AdmissionReview");
        ObjectNode response = answer.putObject("response").put("uid", uid).put("allowed", true);
        Verdict verdict = isNewPod(request) ? inject(request, request.path("object"), response) : Verdict.UNCHANGED;
        return new Answer(verdict, answer.toString());
    }

    private static boolean isNewPod(JsonNode request) {
        JsonNode kind = request.path("kind");
        return request.path("operation").asString("").equals("CREATE")
                && kind.path("group").asString("").isEmpty()
                && kind.path("kind").asString("").equals("Pod")
                && request.path("subResource").asString("").isEmpty()
                && request.path("object").isObject();
    }

    private Verdict inject(JsonNode request, JsonNode object, ObjectNode response) {
        ObjectNode pod =
                ((ObjectNode) object.deepCopy()).put("apiVersion", "v1").put("kind", "Pod");
        if (Injector.isInjected(pod.toString())) {
            log(request).log("pod left alone, as it is injected already");
            return Verdict.UNCHANGED;
        }
        if (!pod.path("metadata").isObject()) {
            pod.putObject("metadata");
        }
        JsonNode injected;
        try {
            injected = JSON.readTree(injector.inject(pod.toString()).text());
        } catch (InjectException e) {
            return refuse(request, e.problems(), response);
        }
        ArrayNode patch = JsonPatch.between(pod, injected);
        if (patch.isEmpty()) {
            log(request).log("pod left alone, as its annotation or label remora.io/inject says");
            return Verdict.UNCHANGED;
        }
        if (!object.path("metadata").isObject()) {
            patch.insertObject(0).put("op", "add").put("path", "/metadata").putObject("value");
        }
        response.put("patchType", "JSONPatch");
        response.put(
                "patch", Base64.getEncoder().encodeToString(patch.toString().getBytes(StandardCharsets.UTF_8)));
        log(request).log("pod injected");
        return Verdict.INJECTED;
    }

    private Verdict refuse(JsonNode request, List<String> problems, ObjectNode response) {
        String why = String.join("; ", problems);
        boolean denied = onRefusal == OnRefusal.DENY;
        LoggingEventBuilder line = LOGGER.atWarn().addKeyValue("why", why);
        where(line, request)
                .log(denied ? "pod denied, as it cannot have an agent" : "pod left alone, as it cannot have an agent");
        if (denied) {
            response.put("allowed", false);
            response.putObject("status")
                    .put("code", FORBIDDEN)
                    .put("reason", "Forbidden")
                    .put("message", "remora: " + why);
            return Verdict.DENIED;
        }
        ArrayNode warnings = response.putArray("warnings");
        problems.forEach(problem -> warnings.add("created without Remora: " + problem));
        return Verdict.REFUSED;
    }

    private static LoggingEventBuilder log(JsonNode request) {
        return where(LOGGER.atInfo(), request);
    }

    private static LoggingEventBuilder where(LoggingEventBuilder line, JsonNode request) {
        JsonNode metadata = request.path("object").path("metadata");
        String name =
                metadata.path("name").asString(metadata.path("generateName").asString("") + "*");
        return line.addKeyValue("namespace", request.path("namespace").asString(""))
                .addKeyValue("pod", name)
                .addKeyValue("dryRun", request.path("dryRun").asBoolean(false));
    }
}
