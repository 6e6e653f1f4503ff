package io.remora.lab.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;

/** Skips a test where the real programs are not at hand; {@code remora.test.require.apiserver} makes it fail instead. */
final class RealPrograms {
    private static final String MESSAGE = "KUBEBUILDER_ASSETS must name a folder with etcd and kube-apiserver";

    private RealPrograms() {}

    static KubernetesPrograms required() {
        Optional<KubernetesPrograms> programs = KubernetesPrograms.fromEnvironment();
        if (Boolean.getBoolean("remora.test.require.apiserver")) {
            assertThat(programs).as(MESSAGE).isPresent();
        }
        assumeTrue(programs.isPresent(), MESSAGE);
        return programs.orElseThrow();
    }
}
