package io.remora.lab.api;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A Kubernetes API server that can go away and come back. Thread-safe; {@code stop}, {@code start} and {@code restartEmpty}
 * exclude each other.
 */
public interface ControlPlane extends AutoCloseable {

    /**
     * Starts the real API server when {@code KUBEBUILDER_ASSETS} names the folder of its programs, else the embedded one as a
     * process.
     */
    static ControlPlane launch(ControlPlaneSite site) {
        Optional<KubernetesPrograms> programs = KubernetesPrograms.fromEnvironment();
        return programs.isPresent()
                ? RealControlPlane.launch(programs.get(), site)
                : EmbeddedProcessControlPlane.launch(site);
    }

    /** Whether this is kube-apiserver with etcd. */
    boolean isReal();

    /** Where programs at the control plane's site reach the API, agents in pods for example. */
    URI url();

    /** Where this JVM, and a person at this machine, reach the API. */
    URI localUrl();

    /** A bearer token that may do everything. */
    String adminToken();

    /** The certificate (PEM) that the API is trusted by; empty when it speaks plain HTTP. */
    String certificate();

    /** A kubeconfig of the administrator for programs at the site. */
    Path kubeconfig();

    /** A kubeconfig of the administrator for this machine. */
    Path localKubeconfig();

    /**
     * Writes a kubeconfig for programs at the site.
     *
     * @param name names the file and the user
     * @param token a bearer token
     */
    Path kubeconfig(String name, String token);

    /** The administrator's client; it survives restarts and is closed with the control plane. */
    KubernetesClient admin();

    /** A client of this JVM with another token; the caller closes it. */
    KubernetesClient client(String token);

    /** Reads the API server's own metrics. */
    ApiServerMetrics metrics();

    /** Ends the API server at once, with every connection (SIGKILL); its state is kept. Nothing happens when it is away. */
    void stop();

    /** Starts the API server again, on its address and with its state, and waits until it is ready. */
    void start();

    /**
     * Starts a new API server on the old one's address, without any of its objects: resource versions begin again, so that
     * they are lower than before. Tokens of ServiceAccounts are void, the administrator's is not.
     */
    void restartEmpty();

    /** Ends everything and removes its files. */
    @Override
    void close();
}
