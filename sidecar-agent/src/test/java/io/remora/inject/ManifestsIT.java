package io.remora.inject;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.kubernetes.RealApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/** kubectl and the real API server take the manifests, as they were written, injected and taken out, and read them as we do. */
@Timeout(180)
class ManifestsIT {

    @TempDir
    private static Path folder;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static RealApiServer server;

    @BeforeAll
    static void start() throws Exception {
        server = RealApiServer.start(folder);
        server.apply("{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: default}}");
        server.apply("{apiVersion: v1, kind: ServiceAccount, metadata: {name: frontend, namespace: default}}");
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theOriginalsAreTaken(boolean back) throws Exception {
        Path manifests = Files.createTempDirectory(folder, "manifests");
        for (Path file : Documents.manifests()) {
            Injector injector = Documents.injector(Sidecar.NATIVE);
            String text = Files.readString(file);
            Files.writeString(
                    manifests.resolve(file.getFileName()),
                    back ? injector.uninject(injector.inject(text).text()).text() : text);
        }
        assertThat(validated(manifests)).hasSizeGreaterThanOrEqualTo(40);
    }

    @ParameterizedTest
    @EnumSource(Sidecar.class)
    void theInjectedAreTakenAndAllPodsHaveTheAgent(Sidecar sidecar) throws Exception {
        Path manifests = Files.createTempDirectory(folder, "manifests");
        int written = 0;
        for (Path file : Documents.manifests()) {
            if (sidecar == Sidecar.NATIVE || Documents.canBePlain(file)) {
                String injected = Documents.injector(sidecar)
                        .inject(Files.readString(file))
                        .text();
                Files.writeString(manifests.resolve(file.getFileName()), injected);
                written += Documents.pods(injected).size();
            }
        }
        List<Map<String, Object>> pods = validated(manifests);
        assertThat(pods).hasSize(written);
        for (Map<String, Object> pod : pods) {
            Map<String, Object> spec = Documents.mapping(pod.get("spec"));
            List<Object> init = Documents.names(Documents.list(spec.get("initContainers")));
            if (sidecar == Sidecar.NATIVE) {
                assertThat(init).startsWith("remora-init", "remora");
            } else {
                assertThat(init).endsWith("remora-init");
                assertThat(Documents.names(Documents.list(spec.get("containers"))))
                        .startsWith("remora");
            }
        }
    }

    /** The pods of what the API server would store. */
    private static List<Map<String, Object>> validated(Path manifests) throws IOException, InterruptedException {
        Files.deleteIfExists(folder.resolve("kubectl.log")); // of the start
        // Unknown and repeated fields are errors.
        String stored = server.tryKubectl(
                "create", "--dry-run=server", "--validate=strict", "-o", "json", "-f", manifests.toString());
        assertThat(stored).as(() -> "what kubectl says: " + errors()).isNotNull();
        try (MappingIterator<Object> documents =
                JsonMapper.shared().readerFor(Object.class).readValues(String.valueOf(stored))) {
            return Documents.pods(documents.readAll()); // one after the other
        }
    }

    private static String errors() {
        try {
            return Files.readString(folder.resolve("kubectl.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
