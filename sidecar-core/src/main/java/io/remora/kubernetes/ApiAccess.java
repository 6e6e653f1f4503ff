package io.remora.kubernetes;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the API server is and who we are. The first of these that is given is used: {@code apiServer};
 * {@code kubeconfig}; the pod's service account; the first file of {@code $KUBECONFIG} that exists, or else
 * {@code ~/.kube/config}. Unlike kubectl, this merges no files.
 *
 * @param apiServer address of an API server that asks for no credentials, for tests (setting {@code api-server})
 * @param kubeconfig a kubeconfig file (setting {@code kubeconfig})
 * @param context the kubeconfig's context to use (setting {@code context}); null for its current one
 * @param serviceAccount the folder with the pod's {@code token}, which is read anew for each request since it is rotated,
 *     and {@code ca.crt} (setting {@code service-account})
 */
public record ApiAccess(
        @Nullable URI apiServer,
        @Nullable Path kubeconfig,
        @Nullable String context,
        Path serviceAccount) {

    /** The folder into which a kubelet mounts the service account. */
    public static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /** The pod's service account, or else the user's kubeconfig. */
    public static final ApiAccess DISCOVERED = new ApiAccess(null, null, null, SERVICE_ACCOUNT);

    /**
     * @throws IllegalArgumentException listing everything that is wrong
     */
    public ApiAccess {
        List<String> problems = new ArrayList<>();
        if (apiServer != null) {
            String scheme = apiServer.getScheme();
            if (!("http".equals(scheme) || "https".equals(scheme)) || apiServer.getHost() == null) {
                problems.add("remora.kubernetes.api-server must be like http://host:port: '" + apiServer + "'");
            }
            if (kubeconfig != null) {
                problems.add("remora.kubernetes.api-server and remora.kubernetes.kubeconfig exclude each other");
            }
        }
        if (context != null && context.isBlank()) {
            problems.add("remora.kubernetes.context is blank: leave it out for the current one");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** An API server that asks for no credentials. */
    public static ApiAccess apiServer(URI address) {
        return new ApiAccess(address, null, null, SERVICE_ACCOUNT);
    }

    /** A kubeconfig file, in its current context. */
    public static ApiAccess kubeconfig(Path file) {
        return new ApiAccess(null, file, null, SERVICE_ACCOUNT);
    }
}
