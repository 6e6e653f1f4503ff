package io.remora.lab.api;

import io.remora.lab.process.LabException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder with the real programs of Kubernetes.
 *
 * @param folder holds at least {@code etcd} and {@code kube-apiserver}
 */
public record KubernetesPrograms(Path folder) {
    private static final String VARIABLE = "KUBEBUILDER_ASSETS";

    public KubernetesPrograms {
        List<String> missing = Stream.of("etcd", "kube-apiserver")
                .filter(program -> !Files.isExecutable(folder.resolve(program)))
                .toList();
        if (!missing.isEmpty()) {
            throw new LabException(VARIABLE + " names " + folder + ", where there is no executable "
                    + String.join(" and no ", missing) + "; unset it to use the embedded API server");
        }
    }

    /**
     * The folder that {@code KUBEBUILDER_ASSETS} names; empty when it is not set.
     *
     * @throws LabException when it is set and the programs are not there
     */
    public static Optional<KubernetesPrograms> fromEnvironment() {
        return Optional.ofNullable(System.getenv(VARIABLE))
                .filter(value -> !value.isBlank())
                .map(value -> new KubernetesPrograms(Path.of(value).toAbsolutePath()));
    }

    /** The path of a program, {@code kubectl} or {@code kube-proxy} for example. */
    public String path(String program) {
        Path path = folder.resolve(program);
        if (!Files.isExecutable(path)) {
            throw new LabException("there is no executable " + program + " in " + folder + " (" + VARIABLE + ")");
        }
        return path.toString();
    }
}
