package io.remora.inject;

import static io.remora.inject.Documents.list;
import static io.remora.inject.Documents.mapping;
import static io.remora.inject.Documents.names;
import static io.remora.inject.Documents.pods;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every one of the manifests, of all kinds and of all ways to write YAML. */
class ManifestsTest {

    record Case(Path file, Sidecar sidecar) {

        @Override
        public String toString() {
            return file.getFileName() + " " + sidecar;
        }

        String text() throws IOException {
            return Files.readString(file);
        }

        Injector injector() {
            return Documents.injector(sidecar);
        }
    }

    static List<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        for (Path file : Documents.manifests()) {
            cases.add(new Case(file, Sidecar.NATIVE));
            if (Documents.canBePlain(file)) {
                cases.add(new Case(file, Sidecar.PLAIN));
            }
        }
        return cases;
    }

    /** Without JSON, where what is added shares lines with what was there. */
    static List<Case> yaml() throws IOException {
        return cases().stream()
                .filter(each -> !each.file().toString().endsWith(".json"))
                .toList();
    }

    @Test
    void thereAreMany() throws IOException {
        assertThat(Documents.manifests()).hasSizeGreaterThanOrEqualTo(40);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyPodGetsAnAgentAndAllElseStays(Case each) throws Exception {
        String text = each.text();
        String injected = each.injector().inject(text).text();

        List<Map<String, Object>> before = pods(text);
        List<Map<String, Object>> after = pods(injected);
        assertThat(after).as(injected).hasSameSizeAs(before).isNotEmpty();
        for (int i = 0; i < before.size(); i++) {
            Map<String, Object> old = mapping(before.get(i).get("spec"));
            Map<String, Object> spec = mapping(after.get(i).get("spec"));
            boolean isNative = each.sidecar() == Sidecar.NATIVE;
            assertSurrounded(isNative ? 2 : 0, old, spec, "initContainers", isNative ? 0 : 1);
            assertSurrounded(isNative ? 0 : 1, old, spec, "containers", 0);
            List<Object> init = list(spec.get("initContainers"));
            if (isNative) {
                assertThat(names(init)).startsWith("remora-init", "remora");
                assertThat(mapping(init.get(1)))
                        .containsEntry("restartPolicy", "Always")
                        .containsEntry("image", "agent:1");
            } else {
                assertThat(names(init)).endsWith("remora-init");
                assertThat(names(list(spec.get("containers")))).startsWith("remora");
            }
            assertThat(names(list(spec.get("volumes")))).contains("remora-run", "remora-tmp");
            boolean ownToken = Boolean.FALSE.equals(old.get("automountServiceAccountToken"))
                    || "no".equals(old.get("automountServiceAccountToken"));
            assertSurrounded(ownToken ? 3 : 2, old, spec, "volumes", 0);
            Map<String, Object> metadata = mapping(after.get(i).get("metadata"));
            assertThat(mapping(metadata.get("annotations"))).containsEntry("remora.io/injected", "1.2.3");
        }
    }

    private static void assertSurrounded(
            int first, Map<String, Object> old, Map<String, Object> spec, String key, int last) {
        List<Object> there = list(spec.get(key));
        assertThat(there.subList(Math.min(first, there.size()), Math.max(0, there.size() - last)))
                .as(key)
                .isEqualTo(list(old.get(key)));
    }

    @ParameterizedTest
    @MethodSource("yaml")
    void linesAreAddedAndNoneIsMoved(Case each) throws Exception {
        List<String> lines = new ArrayList<>(
                each.injector().inject(each.text()).text().lines().toList());
        for (String line : each.text().lines().toList()) {
            String begin = line.replaceAll("(\\s*(\\[\\]|\\{\\}|null|~))+.*$|[\\[{,].*$", "");
            int at = 0;
            while (at < lines.size() && !lines.get(at).startsWith(begin)) {
                at++;
            }
            assertThat(at).as("%s in its place", line).isLessThan(lines.size());
            lines = lines.subList(at + 1, lines.size());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void injectingAgainChangesNothing(Case each) throws Exception {
        String injected = each.injector().inject(each.text()).text();
        assertThat(each.injector().inject(injected).text()).isEqualTo(injected);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void takenOutAgainTheOriginalIsBackByteForByte(Case each) throws Exception {
        String injected = each.injector().inject(each.text()).text();
        assertThat(each.injector().uninject(injected).text()).isEqualTo(each.text());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theOtherModeIsAsIfInjectedAnew(Case each) throws Exception {
        Injector other = Documents.injector(each.sidecar() == Sidecar.NATIVE ? Sidecar.PLAIN : Sidecar.NATIVE);
        String injected = each.injector().inject(each.text()).text();
        if (Documents.canBePlain(each.file())) {
            assertThat(other.inject(injected).text())
                    .isEqualTo(other.inject(each.text()).text());
        } else {
            assertThatThrownBy(() -> other.inject(injected)).isInstanceOf(InjectException.class);
        }
    }
}
