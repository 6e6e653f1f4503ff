package io.remora.lab.api.embedded;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who may talk to the server: the administrator, and ServiceAccounts with a token that has not expired and whose account still
 * exists. There is no RBAC: whoever is known may do everything. Owned by the event loop.
 */
final class Tokens {
    private static final String PREFIX = "serviceaccount.";

    private final ObjectStore store;
    private final String adminToken;

    Tokens(ObjectStore store, String adminToken) {
        this.store = store;
        this.adminToken = adminToken;
    }

    /**
     * Checks an {@code Authorization} header.
     *
     * @param header empty when there is none
     */
    void check(String header) {
        if (header.isEmpty()) {
            throw ApiFailure.forbidden("forbidden: User \"system:anonymous\" needs a bearer token");
        }
        String token = header.startsWith("Bearer ") ? header.substring("Bearer ".length()) : "";
        if (!token.equals(adminToken) && !isValidAccount(token)) {
            throw ApiFailure.unauthorized();
        }
    }

    private boolean isValidAccount(String token) {
        if (!token.startsWith(PREFIX)) {
            return false;
        }
        try {
            byte[] content = Base64.getUrlDecoder().decode(token.substring(PREFIX.length()));
            List<String> parts = List.of(new String(content, StandardCharsets.UTF_8).split("/", -1));
            return parts.size() == 4
                    && Instant.now().isBefore(Instant.ofEpochSecond(Long.parseLong(parts.get(3))))
                    && store.find(account(parts.get(0), parts.get(1)))
                            .filter(found -> found.uid().equals(parts.get(2)))
                            .isPresent();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Answers a TokenRequest for a ServiceAccount. */
    ObjectNode issue(Target target, ObjectNode request) {
        StoredObject account = store.get(target.key());
        ObjectNode spec = Json.child(request, "spec");
        long seconds = spec.path("expirationSeconds").asLong(3600);
        Instant expires = Instant.now().plusSeconds(seconds).truncatedTo(ChronoUnit.SECONDS);
        spec.put("expirationSeconds", seconds);
        if (Json.array(spec, "audiences") == null) {
            ArrayNode audiences = spec.putArray("audiences");
            audiences.add("https://lab");
        }
        String content =
                target.namespace() + "/" + target.name() + "/" + account.uid() + "/" + expires.getEpochSecond();
        String encoded =
                Base64.getUrlEncoder().withoutPadding().encodeToString(content.getBytes(StandardCharsets.UTF_8));
        request.put("kind", "TokenRequest").put("apiVersion", "authentication.k8s.io/v1");
        request.putObject("status").put("token", PREFIX + encoded).put("expirationTimestamp", expires.toString());
        return request;
    }

    private static ObjectKey account(String namespace, String name) {
        return new ObjectKey(ResourceType.SERVICE_ACCOUNTS, namespace, name);
    }
}
