package io.remora.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.inject.InjectOptions;
import io.remora.inject.Injector;
import io.remora.inject.Sidecar;
import io.remora.webhook.Reviewer.OnRefusal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class WebhookServerTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String POD = """
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "web-"},
             "spec": {"containers": [{"name": "web", "image": "b\\u00e9"}], "volumes": [{"name": "v", "emptyDir": {}}]}}
            """;

    @TempDir
    private static Path certificates;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static TestCertificate first;

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // before each test
    private TestCertificate used;

    @SuppressWarnings("NullAway.Init") // before each test
    private WebhookServer server;

    @BeforeAll
    static void make() throws Exception {
        first = TestCertificate.make(certificates, "first", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1");
    }

    @BeforeEach
    void start() throws Exception {
        used = new TestCertificate(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        first.replace(used);
        server = server(OnRefusal.ADMIT);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private WebhookServer server(OnRefusal onRefusal) throws IOException {
        InjectOptions options = new InjectOptions(
                "agent:1", "init:1", "IfNotPresent", Sidecar.NATIVE, Map.of("service-cidr", "10.96.0.0/16"));
        return new WebhookServer(
                0,
                new KeyPairFiles(used.certificate(), used.key()),
                Duration.ofMillis(50),
                new Reviewer(new Injector(options, "1.2.3"), onRefusal));
    }

    private HttpResponse<String> send(TestCertificate trusted, String path, byte[] body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(20));
        return HttpClient.newBuilder()
                .sslContext(trusted.trusting())
                .connectTimeout(Duration.ofSeconds(10))
                .build()
                .send(
                        body.length == 0
                                ? request.build()
                                : request.POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                        .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String body) throws Exception {
        return send(used, "/inject", body.getBytes(StandardCharsets.UTF_8));
    }

    private String get(String path) throws Exception {
        return send(used, path, new byte[0]).body();
    }

    private static String review(String object) {
        return review("Pod", "CREATE", object);
    }

    private static String review(String kind, String operation, String object) {
        return """
                {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1",
                 "kind": {"group": "", "version": "v1", "kind": "%s"}, "operation": "%s", "namespace": "shop",
                 "dryRun": true, "object": %s}}
                """.formatted(kind, operation, object);
    }

    private JsonNode response(String review) throws Exception {
        HttpResponse<String> answer = post(review);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode json = JSON.readTree(answer.body());
        assertThat(json.path("apiVersion").asString()).isEqualTo("admission.k8s.io/v1");
        assertThat(json.path("kind").asString()).isEqualTo("AdmissionReview");
        assertThat(json.at("/response/uid").asString()).isEqualTo("u-1");
        return json.path("response");
    }

    private static JsonNode patch(JsonNode response) {
        return JSON.readTree(Base64.getDecoder().decode(response.path("patch").asString()));
    }

    @Test
    void thePatchMakesTheInjectedPod() throws Exception {
        JsonNode response = response(review(POD));
        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.path("patchType").asString()).isEqualTo("JSONPatch");
        JsonNode patched = TestPatch.apply(JSON.readTree(POD), patch(response));
        InjectOptions options = new InjectOptions(
                "agent:1", "init:1", "IfNotPresent", Sidecar.NATIVE, Map.of("service-cidr", "10.96.0.0/16"));
        assertThat(patched)
                .isEqualTo(
                        JSON.readTree(new Injector(options, "1.2.3").inject(POD).text()));
        assertThat(patch(response))
                .allMatch(operation -> operation.path("op").asString().equals("add"));

        JsonNode again = response(review(patched.toString()));
        assertThat(again.path("allowed").asBoolean()).isTrue();
        assertThat(again.has("patch")).isFalse();
        assertThat(get("/metrics"))
                .contains(
                        "remora_webhook_reviews_total{result=\"injected\"} 1",
                        "remora_webhook_reviews_total{result=\"unchanged\"} 1",
                        "remora_webhook_certificate_expiry_seconds ");
    }

    @Test
    void aPodWithoutMetadataGetsIt() throws Exception {
        String pod = "{\"spec\": {\"containers\": [{\"name\": \"a\"}]}}";
        JsonNode patched = TestPatch.apply(JSON.readTree(pod), patch(response(review(pod))));
        assertThat(patched.at("/metadata/annotations/remora.io~1injected").asString())
                .isEqualTo("1.2.3");
        assertThat(patched.has("kind")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Service|CREATE|{\"metadata\": {\"name\": \"a\"}}",
                "Pod|UPDATE|{\"metadata\": {\"name\": \"a\"}, \"spec\": {\"containers\": [{\"name\": \"a\"}]}}",
                "Pod|DELETE|null",
                "Pod|CREATE|{\"metadata\": {\"annotations\": {\"remora.io/inject\": \"disabled\"}}, \"spec\": {}}",
                "Pod|CREATE|{\"metadata\": {\"labels\": {\"remora.io/inject\": \"disabled\"}}, \"spec\": {}}",
            })
    void othersAreAdmittedAsTheyAre(String kind, String operation, String object) throws Exception {
        JsonNode response = response(review(kind, operation, object));
        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.has("patch")).isFalse();
        assertThat(response.has("warnings")).isFalse();
    }

    @Test
    void whatCannotHaveAnAgentIsAdmittedWithAWarning() throws Exception {
        JsonNode response = response(review(POD.replace("\"containers\"", "\"hostNetwork\": true, \"containers\"")));
        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.has("patch")).isFalse();
        assertThat(response.at("/warnings/0").asString())
                .startsWith("created without Remora: pod/web-*: hostNetwork is true");
    }

    @Test
    void orDenied() throws Exception {
        server.close();
        server = server(OnRefusal.DENY);
        JsonNode response = response(review(POD.replace("\"containers\"", "\"hostNetwork\": true, \"containers\"")));
        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/code").asInt()).isEqualTo(403);
        assertThat(response.at("/status/message").asString()).contains("hostNetwork is true");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{|no JSON",
                "[]|no AdmissionReview with a request",
                "{\"apiVersion\": \"admission.k8s.io/v1\", \"kind\": \"AdmissionReview\"}|no AdmissionReview with a request",
                "{\"apiVersion\": \"admission.k8s.io/v1beta1\", \"kind\": \"AdmissionReview\", \"request\": {\"uid\": \"1\"}}"
                        + "|admissionReviewVersions: [v1]",
                "{\"apiVersion\": \"admission.k8s.io/v1\", \"kind\": \"AdmissionReview\", \"request\": {}}|no uid",
            })
    void malformedReviewsAreNamed(String body, String why) throws Exception {
        HttpResponse<String> answer = post(body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains(why);
        assertThat(get("/metrics")).contains("remora_webhook_reviews_total{result=\"malformed\"} 1");
    }

    @Test
    void bodiesAndPathsAreLimited() throws Exception {
        assertThat(send(used, "/inject", new byte[WebhookServer.MAX_BODY + 1]).statusCode())
                .isEqualTo(413);
        assertThat(send(used, "/inject", new byte[0]).statusCode()).isEqualTo(405);
        assertThat(send(used, "/other", new byte[0]).statusCode()).isEqualTo(404);
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        assertThat(post(review(deep)).statusCode()).isEqualTo(400);
        assertThat(get("/ready")).isEqualTo("ready\n");
    }

    @Test
    void theCertificateIsReplacedWhileItServes() throws Exception {
        TestCertificate next = TestCertificate.make(folder, "next");
        assertThat(get("/ready")).isEqualTo("ready\n");
        next.replace(used);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> send(next, "/ready", new byte[0]).statusCode() == 200);
    }

    @Test
    void whileItEndsItStillAnswers() throws Exception {
        server.drain();
        assertThat(send(used, "/ready", new byte[0]).statusCode()).isEqualTo(503);
        assertThat(response(review(POD)).has("patch")).isTrue();
    }
}
