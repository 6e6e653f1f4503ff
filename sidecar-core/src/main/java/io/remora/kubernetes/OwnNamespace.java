package io.remora.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The namespace that this process belongs to. Stateless. */
public final class OwnNamespace {

    /** Of whom nothing else says where they belong. */
    public static final String DEFAULT = "default";

    private OwnNamespace() {}

    /**
     * Returns the namespace of the pod, where the API server is found by its service account; that of the kubeconfig's
     * context, where by a kubeconfig; {@value #DEFAULT} where neither says one, as kubectl has it.
     *
     * @param environment of the process
     * @throws IllegalArgumentException if no API server can be found or the kubeconfig is unusable, naming the setting
     */
    public static String of(KubernetesConfig config, Map<String, String> environment) {
        Path file = config.access().serviceAccount().resolve("namespace");
        if (config.access().apiServer() == null
                && config.access().kubeconfig() == null
                && environment.containsKey("KUBERNETES_SERVICE_HOST")
                && Files.isReadable(file)) {
            try {
                String namespace = Files.readString(file).strip();
                return namespace.isEmpty() ? DEFAULT : namespace;
            } catch (IOException e) {
                throw new IllegalArgumentException("remora.kubernetes.service-account: cannot read " + file, e);
            }
        }
        String namespace = KubernetesClients.configuration(config, environment).getNamespace();
        return namespace == null || namespace.isEmpty() ? DEFAULT : namespace;
    }
}
