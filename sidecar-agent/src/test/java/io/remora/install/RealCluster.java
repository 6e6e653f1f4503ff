package io.remora.install;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.remora.lab.api.ControlPlaneSite;
import io.remora.lab.api.KubernetesPrograms;
import io.remora.lab.api.RealControlPlane;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A real API server, with kubectl. Without the programs the test is skipped. */
public final class RealCluster implements AutoCloseable {

    private final RealControlPlane plane;
    private final Program kubectl;

    private RealCluster(RealControlPlane plane, Program kubectl) {
        this.plane = plane;
        this.kubectl = kubectl;
    }

    /** Starts one. */
    public static RealCluster start() {
        Optional<KubernetesPrograms> programs = KubernetesPrograms.fromEnvironment();
        if (programs.isEmpty()) {
            String message = "KUBEBUILDER_ASSETS must name a folder with etcd, kube-apiserver and kubectl";
            if (Boolean.getBoolean("remora.test.require.apiserver")) {
                fail(message);
            }
            abort(message);
        }
        Program kubectl = Program.kubectl();
        return new RealCluster(RealControlPlane.launch(programs.orElseThrow(), ControlPlaneSite.local()), kubectl);
    }

    public RealControlPlane plane() {
        return plane;
    }

    /** The administrator's. */
    public Path kubeconfig() {
        return plane.localKubeconfig();
    }

    /** Runs kubectl as the administrator; fails if it does. */
    public String kubectl(String... arguments) throws Exception {
        return kubectl.run("", withConfig(arguments));
    }

    /** Applies objects as the administrator. */
    public void apply(String objects) throws Exception {
        kubectl.run(objects, withConfig("apply", "-f", "-"));
    }

    /** Grants the accounts of the namespace {@code shop} what agents need, as docs/install.md has it. */
    public void grantToShop() throws Exception {
        Path kustomize = Path.of("install", "kustomize").toAbsolutePath();
        kubectl("apply", "-k", kustomize.resolve("base").toString());
        kubectl(
                "apply",
                "-f",
                kustomize.resolve("overlays/example/binding.yaml").toString());
    }

    /** Has the API server check objects strictly, without keeping them. */
    public Program.Said dryRun(String objects) throws Exception {
        return kubectl.tryRun(objects, withConfig("apply", "--dry-run=server", "--validate=strict", "-f", "-"));
    }

    /** Runs kubectl as the administrator. */
    public Program.Said tryKubectl(String... arguments) throws Exception {
        return kubectl.tryRun("", withConfig(arguments));
    }

    private String[] withConfig(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--kubeconfig=" + kubeconfig()));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    @Override
    public void close() {
        plane.close();
    }
}
