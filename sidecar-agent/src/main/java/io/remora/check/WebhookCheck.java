package io.remora.check;

import java.io.ByteArrayInputStream;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import tools.jackson.databind.JsonNode;

/** Whether Remora's webhook, if there is one, works. */
final class WebhookCheck implements Check {

    private static final Duration SOON = Duration.ofDays(30);

    private final Cluster cluster;
    private final CheckTarget target;
    private final Clock clock;

    WebhookCheck(Cluster cluster, CheckTarget target, Clock clock) {
        this.cluster = cluster;
        this.target = target;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "webhook";
    }

    @Override
    public void run(Findings findings) {
        Reply configurations = cluster.get(WebhookObjects.CONFIGURATIONS);
        if (!configurations.isOk()) {
            findings.notSeen("webhooks", configurations);
            return;
        }
        WebhookObjects webhook = WebhookObjects.of(cluster);
        boolean labelled = isLabelled();
        if (webhook == null && labelled) {
            findings.fail(
                    "namespace " + target.namespace()
                            + " is labelled remora.io/inject: enabled, and there is no webhook that would inject",
                    "install the webhook (docs/install.md), or inject manifests by remora inject");
        } else if (webhook == null) {
            findings.ok("not installed; pods are injected by remora inject");
        } else {
            certificate(findings, webhook);
            endpoints(findings, webhook);
            findings.ok("pods of namespace " + target.namespace() + " are "
                    + (labelled
                            ? "injected when they are created"
                            : "not injected by it: the namespace has no label remora.io/inject: enabled"));
        }
    }

    private boolean isLabelled() {
        return "enabled"
                .equals(cluster.get("/api/v1/namespaces/" + target.namespace())
                        .body()
                        .path("metadata")
                        .path("labels")
                        .path("remora.io/inject")
                        .asString(""));
    }

    private void certificate(Findings findings, WebhookObjects webhook) {
        String bundle = webhook.webhook().path("clientConfig").path("caBundle").asString("");
        String where = "MutatingWebhookConfiguration " + webhook.configuration();
        if (bundle.isEmpty()) {
            findings.fail(
                    where + " has no caBundle: the API server does not trust the webhook",
                    "with cert-manager, see its cainjector's log; else apply what install/webhook-certificate wrote");
            return;
        }
        try {
            Instant end = Instant.MAX;
            for (Certificate each : CertificateFactory.getInstance("X.509")
                    .generateCertificates(
                            new ByteArrayInputStream(Base64.getMimeDecoder().decode(bundle)))) {
                Instant own = ((X509Certificate) each).getNotAfter().toInstant();
                end = own.isBefore(end) ? own : end;
            }
            Instant now = clock.instant();
            String renew = "renew it: docs/install.md tells how, by the way that it was made";
            if (end.isBefore(now)) {
                findings.fail("the CA of " + where + " has been invalid since " + end, renew);
            } else if (end.isBefore(now.plus(SOON))) {
                findings.warning("the CA of " + where + " is valid until " + end, renew);
            } else {
                findings.ok("its CA is valid until " + end);
            }
        } catch (CertificateException | IllegalArgumentException e) {
            findings.fail(
                    "the caBundle of " + where + " is no certificate: " + e.getMessage(),
                    "put the CA's certificate there, PEM in base64");
        }
    }

    private void endpoints(Findings findings, WebhookObjects webhook) {
        String namespace = webhook.serviceNamespace();
        String service = namespace + "/" + webhook.serviceName();
        Reply slices = cluster.get("/apis/discovery.k8s.io/v1/namespaces/" + namespace
                + "/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3D" + webhook.serviceName());
        if (!slices.isOk()) {
            findings.notSeen("the endpoints of the Service " + service, slices);
            return;
        }
        int ready = 0;
        for (JsonNode slice : slices.body().path("items")) {
            for (JsonNode endpoint : slice.path("endpoints")) {
                ready += endpoint.path("conditions").path("ready").asBoolean(true) ? 1 : 0;
            }
        }
        boolean ignored =
                "Ignore".equals(webhook.webhook().path("failurePolicy").asString(""));
        if (ready == 0) {
            findings.fail(
                    "no pod of the Service " + service + " is ready: pods "
                            + (ignored ? "are created without Remora" : "cannot be created (failurePolicy: Fail)"),
                    "kubectl -n " + namespace + " describe pods -l app.kubernetes.io/component=webhook");
        } else {
            findings.ok(ready + (ready == 1 ? " pod" : " pods") + " of the Service " + service + " ready");
        }
    }
}
