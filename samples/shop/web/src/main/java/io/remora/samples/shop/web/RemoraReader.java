package io.remora.samples.shop.web;

import io.remora.embedded.Remora;
import io.remora.samples.shop.web.RemoraState.EndpointState;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** Asks Remora what it thinks of the pods: the starter in this application, or the agent beside it. Thread-safe. */
@Component
class RemoraReader {
    private final RestClient http;
    private final ShopSettings settings;
    private final Environment environment;
    private final boolean starter;

    RemoraReader(RestClient http, ShopSettings settings, Environment environment, ObjectProvider<Remora> remora) {
        this.http = http;
        this.settings = settings;
        this.environment = environment;
        this.starter = remora.getIfAvailable() != null;
    }

    RemoraState read() {
        try {
            return starter ? ofStarter() : ofAgent();
        } catch (RestClientException e) {
            String by = starter ? "starter" : "none";
            return new RemoraState(by, String.valueOf(e.getMostSpecificCause().getMessage()), List.of());
        }
    }

    private RemoraState ofAgent() {
        List<EndpointState> endpoints = new ArrayList<>();
        for (Part part : Part.values()) {
            URI page = settings.agentUrl().resolve("/services?service=" + settings.namespace() + "/" + part.label());
            JsonNode answer;
            try {
                answer = get(page);
            } catch (HttpClientErrorException.NotFound e) {
                continue; // it is not known yet, or there is none
            }
            for (JsonNode endpoint : ofOneFamily(answer.path("destinations"))) {
                JsonNode ejection = endpoint.path("ejection");
                String state = endpoint.path("eligible").asBoolean() ? "used" : "ineligible";
                endpoints.add(state(part, endpoint, ejection.path("state").asString(state)));
            }
        }
        return new RemoraState("agent", null, endpoints);
    }

    private RemoraState ofStarter() {
        String port = environment.getRequiredProperty("local.server.port");
        JsonNode answer = get(URI.create("http://localhost:" + port + "/actuator/remora"));
        List<EndpointState> endpoints = new ArrayList<>();
        for (JsonNode service : answer.path("services")) {
            for (Part part : Part.values()) {
                if (service.path("name").asString().equals(settings.namespace() + "/" + part.label())) {
                    for (JsonNode endpoint : ofOneFamily(service.path("ports"))) {
                        endpoints.add(
                                state(part, endpoint, endpoint.path("state").asString("")));
                    }
                }
            }
        }
        return new RemoraState("starter", null, endpoints);
    }

    /** Where a Service has both families its pods are there twice, and clients use IPv4. */
    private static Iterable<JsonNode> ofOneFamily(JsonNode ports) {
        JsonNode chosen = null;
        for (JsonNode port : ports) {
            if (chosen == null || port.path("family").asString().equals("IPv4")) {
                chosen = port;
            }
        }
        return chosen == null ? List.of() : chosen.path("endpoints");
    }

    private static EndpointState state(Part part, JsonNode endpoint, String state) {
        JsonNode ejection = endpoint.path("ejection");
        String pod = endpoint.path("pod").asString("");
        return new EndpointState(
                part,
                pod.substring(pod.indexOf('/') + 1),
                endpoint.path("address").asString(""),
                state,
                ejection.path("cause").asString(endpoint.path("reason").asString("")),
                text(ejection.path("until")),
                endpoint.path("inFlight").asInt(),
                endpoint.path("picks").asLong(),
                endpoint.path("failures").asLong());
    }

    private static @Nullable String text(JsonNode node) {
        return node.isString() ? node.asString() : null;
    }

    private JsonNode get(URI uri) {
        JsonNode answer = http.get().uri(uri).retrieve().body(JsonNode.class);
        if (answer == null) {
            throw new RestClientException(uri + " answers nothing");
        }
        return answer;
    }
}
