package io.remora.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chart is the one source, and refuses values that make no sense. */
@Timeout(180)
class ChartIT {

    private static final Path INSTALL = Path.of("install").toAbsolutePath();
    private static final List<String> RENDERED = List.of(
            "base/rbac.yaml",
            "webhook/webhook.yaml",
            "webhook-cert-manager/webhook.yaml",
            "monitoring/monitoring.yaml");

    @Test
    void theKustomizeFoldersAreItsOutput(@TempDir Path folder) throws Exception {
        Program helm = Program.helm();
        new Program(Path.of("/usr/bin/env"))
                .run("HELM=" + helm.path(), INSTALL.resolve("render").toString(), folder.toString());

        for (String file : RENDERED) {
            assertThat(Files.readString(INSTALL.resolve("kustomize").resolve(file)))
                    .as("%s: run sidecar-agent/install/render", file)
                    .isEqualTo(Files.readString(folder.resolve(file)));
        }
    }

    @Test
    void itHasNoLint() throws Exception {
        assertThat(Program.helm()
                        .run(
                                "lint",
                                "--strict",
                                "--kube-version",
                                "1.36.0",
                                INSTALL.resolve("helm/remora").toString()))
                .contains("1 chart(s) linted, 0 chart(s) failed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "webhook.enabled=true;webhook.serviceCidrs is empty",
                "rbac.watch=namespace,rbac.onDemand=true;rbac.onDemand needs rbac.watch: cluster",
                "rbac.watch=namespace,namespaces={*};needs rbac.watch: cluster",
                "webhok.enabled=true;webhok",
                "webhook.failurePolicy=Maybe;failurePolicy",
                "namespaces={Not_a_name};namespaces"
            })
    void valuesThatMakeNoSenseAreRefused(String values, String said) throws Exception {
        Program.Said refused = Program.helm()
                .tryRun(
                        "",
                        "template",
                        "remora",
                        "--kube-version",
                        "1.36.0",
                        INSTALL.resolve("helm/remora").toString(),
                        "--set",
                        values);

        assertThat(refused.status()).isNotZero();
        assertThat(refused.err()).contains(said);
    }
}
