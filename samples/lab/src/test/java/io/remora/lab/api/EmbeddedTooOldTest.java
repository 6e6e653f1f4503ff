package io.remora.lab.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.remora.lab.api.embedded.EmbeddedConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The ways in which the embedded API server says that a resource version is too old. */
@Timeout(60)
class EmbeddedTooOldTest {
    private static final String SERVICES = "/api/v1/services?watch=1&timeoutSeconds=30&resourceVersion=";

    private static ApiHttp http(ControlPlane plane) {
        return new ApiHttp(plane.localUrl(), plane.certificate(), plane.adminToken());
    }

    private static String version(ControlPlane plane) {
        return plane.admin().services().inAnyNamespace().list().getMetadata().getResourceVersion();
    }

    @Test
    void aWatchCanBeRefusedWithHttpStatus410() throws Exception {
        EmbeddedConfig config = EmbeddedConfig.DEFAULT.withTooOldAsHttp(true).withHistoryLimit(3);
        try (ControlPlane plane = EmbeddedControlPlane.launch(config)) {
            String old = version(plane);
            for (int i = 0; i < 4; i++) {
                LabObjects.createNamespace(plane.admin(), "n" + i);
            }
            try (RawWatch watch = RawWatch.open(http(plane), SERVICES + old)) {
                assertThat(watch.status()).isEqualTo(410);
                JsonNode status = watch.next(Duration.ofSeconds(10));
                assertThat(status.path("reason").asString()).isEqualTo("Expired");
            }
            try (RawWatch watch = RawWatch.open(http(plane), SERVICES + version(plane))) {
                assertThat(watch.status()).isEqualTo(200);
            }
        }
    }

    @Test
    void expiryEndsTheWatchesAndInformersListAgain() throws Exception {
        try (EmbeddedControlPlane plane = EmbeddedControlPlane.launch();
                var informer = plane.admin().services().inNamespace("default").inform();
                RawWatch watch = RawWatch.open(http(plane), SERVICES + version(plane))) {
            String old = version(plane);
            plane.expire();
            assertThat(watch.next(Duration.ofSeconds(10)).path("type").asString())
                    .isEqualTo(RawWatch.END);
            try (RawWatch resumed = RawWatch.open(http(plane), SERVICES + old)) {
                assertThat(resumed.next(Duration.ofSeconds(10))
                                .path("object")
                                .path("code")
                                .asInt())
                        .isEqualTo(410);
            }
            plane.admin()
                    .resource(ServiceTemplate.named("default", "late")
                            .port("http", 80, 8080)
                            .build())
                    .create();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> informer.getStore().list().size() == 2);
        }
    }

    @Test
    void bookmarksComeAtTheIntervalThatWasSet() throws Exception {
        EmbeddedConfig config = EmbeddedConfig.DEFAULT.withBookmarkInterval(Duration.ofMillis(50));
        try (ControlPlane plane = EmbeddedControlPlane.launch(config);
                RawWatch watch = RawWatch.open(http(plane), SERVICES + version(plane) + "&allowWatchBookmarks=true")) {
            LabObjects.createNamespace(plane.admin(), "n");
            assertThat(watch.next(Duration.ofSeconds(10)).path("type").asString())
                    .isEqualTo("BOOKMARK");
        }
    }
}
