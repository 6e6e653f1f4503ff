package io.remora.lab.api;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import java.nio.file.Path;

/** What all control planes answer from their {@link ControlPlaneAccess}. */
abstract class AbstractControlPlane implements ControlPlane {
    static final String ADMIN_TOKEN = "admin-token";

    private final ControlPlaneAccess access;

    AbstractControlPlane(ControlPlaneAccess access) {
        this.access = access;
    }

    ControlPlaneAccess access() {
        return access;
    }

    @Override
    public URI url() {
        return access.url();
    }

    @Override
    public URI localUrl() {
        return access.localUrl();
    }

    @Override
    public String adminToken() {
        return access.adminToken();
    }

    @Override
    public String certificate() {
        return access.certificate();
    }

    @Override
    public Path kubeconfig() {
        return access.kubeconfig();
    }

    @Override
    public Path localKubeconfig() {
        return access.localKubeconfig();
    }

    @Override
    public Path kubeconfig(String name, String token) {
        return access.kubeconfig(name, token);
    }

    @Override
    public KubernetesClient admin() {
        return access.admin();
    }

    @Override
    public KubernetesClient client(String token) {
        return access.client(token);
    }

    @Override
    public ApiServerMetrics metrics() {
        return new ApiServerMetrics(access.http().get("/metrics"));
    }

    @Override
    public String toString() {
        return (isReal() ? "kube-apiserver at " : "embedded API server at ") + access.url();
    }
}
