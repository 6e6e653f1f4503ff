package io.remora.check;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Remora's webhook in a cluster.
 *
 * @param configuration the name of the MutatingWebhookConfiguration
 * @param webhook its entry
 * @param serviceCidrs what its Deployment, called as its Service, tells the program; empty if that cannot be read
 */
record WebhookObjects(String configuration, JsonNode webhook, String serviceCidrs) {

    static final String CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

    private static final String NAME = "inject.remora.io";
    private static final String FLAG = "--service-cidr";

    /** Finds it; null if there is none, or it may not be read. */
    static @Nullable WebhookObjects of(Cluster cluster) {
        for (JsonNode configuration : cluster.get(CONFIGURATIONS).body().path("items")) {
            for (JsonNode webhook : configuration.path("webhooks")) {
                if (NAME.equals(webhook.path("name").asString(""))) {
                    String name = configuration.path("metadata").path("name").asString("");
                    return new WebhookObjects(name, webhook, serviceCidrs(cluster, webhook));
                }
            }
        }
        return null;
    }

    private static String serviceCidrs(Cluster cluster, JsonNode webhook) {
        JsonNode service = service(webhook);
        Reply deployment = cluster.get("/apis/apps/v1/namespaces/"
                + service.path("namespace").asString("") + "/deployments/"
                + service.path("name").asString(""));
        JsonNode args = deployment
                .body()
                .path("spec")
                .path("template")
                .path("spec")
                .path("containers")
                .path(0)
                .path("args");
        for (int i = 0; i < args.size(); i++) {
            String arg = args.path(i).asString("");
            if (arg.equals(FLAG)) {
                return args.path(i + 1).asString("");
            }
            if (arg.startsWith(FLAG + "=")) {
                return arg.substring(FLAG.length() + 1);
            }
        }
        return "";
    }

    private static JsonNode service(JsonNode webhook) {
        return webhook.path("clientConfig").path("service");
    }

    String serviceNamespace() {
        return service(webhook).path("namespace").asString("");
    }

    String serviceName() {
        return service(webhook).path("name").asString("");
    }
}
