package io.remora.lab.api;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;

/** The addresses, credentials, files and clients that every control plane has. Immutable, but for what the clients hold. */
final class ControlPlaneAccess implements AutoCloseable {
    private final URI url;
    private final URI localUrl;
    private final String certificate;
    private final String adminToken;
    private final Path folder;
    private final Path kubeconfig;
    private final Path localKubeconfig;
    private final ApiHttp http;
    private final KubernetesClient admin;

    ControlPlaneAccess(URI url, URI localUrl, String certificate, String adminToken, Path folder) {
        this.url = url;
        this.localUrl = localUrl;
        this.certificate = certificate;
        this.adminToken = adminToken;
        this.folder = folder;
        this.kubeconfig = kubeconfig("admin", adminToken);
        this.localKubeconfig =
                Kubeconfig.write(folder.resolve("admin-local.kubeconfig"), localUrl, certificate, "admin", adminToken);
        this.http = new ApiHttp(localUrl, certificate, adminToken);
        this.admin = client(adminToken);
    }

    /** The address as an HTTPS URL. */
    static URI url(InetSocketAddress address) {
        return URI.create("https://" + authority(address));
    }

    /** {@code ADDRESS:PORT}, an IPv6 address in brackets. */
    static String authority(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    URI url() {
        return url;
    }

    URI localUrl() {
        return localUrl;
    }

    String certificate() {
        return certificate;
    }

    String adminToken() {
        return adminToken;
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    Path localKubeconfig() {
        return localKubeconfig;
    }

    ApiHttp http() {
        return http;
    }

    KubernetesClient admin() {
        return admin;
    }

    Path kubeconfig(String name, String token) {
        return Kubeconfig.write(folder.resolve(name + ".kubeconfig"), url, certificate, name, token);
    }

    KubernetesClient client(String token) {
        ConfigBuilder config = new ConfigBuilder(Config.empty())
                .withMasterUrl(localUrl.toString())
                .withOauthToken(token)
                .withNamespace("default")
                // Over HTTP/2 kube-apiserver sends GOAWAY with a 401, which the JDK's client reports in its place.
                .withHttp2Disable(true)
                .withRequestRetryBackoffLimit(0)
                .withRequestTimeout(30_000)
                .withConnectionTimeout(5_000);
        if (!certificate.isEmpty()) {
            byte[] pem = certificate.getBytes(StandardCharsets.UTF_8);
            config.withCaCertData(Base64.getEncoder().encodeToString(pem));
        }
        return new KubernetesClientBuilder()
                .withConfig(config.build())
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
    }

    @Override
    public void close() {
        admin.close();
    }
}
