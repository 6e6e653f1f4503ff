package io.remora.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the API server and the credentials, and makes the HTTP client of a process. Only fabric8's configuration (with
 * its kubeconfig, TLS and credential plugins) and HTTP client are used, always with the JDK's client below: its typed
 * client would double the time to the first request, and its informers keep every object in memory.
 */
final class KubernetesClients {

    private KubernetesClients() {}

    /**
     * Reads what the configuration points to.
     *
     * @param environment where a pod's {@code KUBERNETES_SERVICE_*} and {@code KUBECONFIG}, {@code HOME} are
     * @throws IllegalArgumentException naming the setting and the fix
     */
    static Config configuration(KubernetesConfig config, Map<String, String> environment) {
        ApiAccess access = config.access();
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        Config found;
        if (access.apiServer() != null) {
            found = bare(access.apiServer().toString());
        } else if (access.kubeconfig() != null) {
            found = kubeconfig("remora.kubernetes.kubeconfig", access.kubeconfig(), access.context());
        } else {
            Path users = usersKubeconfig(environment);
            // A pod without a token may still have been given a kubeconfig; if not, it is the token that is missing.
            found = host != null
                            && (users == null
                                    || Files.exists(access.serviceAccount().resolve("token")))
                    ? inCluster(host, environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443"), access)
                    : kubeconfig("the user's kubeconfig", orNowhere(users, environment, access), access.context());
        }
        found.setConnectionTimeout((int) config.timing().connectTimeout().toMillis());
        found.setRequestTimeout((int) config.timing().requestTimeout().toMillis());
        found.setRequestRetryBackoffLimit(0);
        found.setUserAgent("remora");
        keyAlgorithm(found);
        // Without TLS there is no way to agree on HTTP/2 but an upgrade, which proxies and test servers get wrong.
        found.setHttp2Disable(found.getMasterUrl().startsWith("http:"));
        return found;
    }

    /** Says of which kind the client's key is: fabric8 takes one in PKCS #8 for RSA, and its certificate tells. */
    private static void keyAlgorithm(Config config) {
        String data = config.getClientCertData();
        String file = config.getClientCertFile();
        if (data == null && file == null) {
            return;
        }
        try (InputStream in = data != null
                ? new ByteArrayInputStream(Base64.getMimeDecoder().decode(data))
                : Files.newInputStream(Path.of(String.valueOf(file)))) {
            config.setClientKeyAlgo(CertificateFactory.getInstance("X.509")
                    .generateCertificate(in)
                    .getPublicKey()
                    .getAlgorithm());
        } catch (IOException | CertificateException | IllegalArgumentException e) {
            // What is wrong with the certificate is said when it is used.
            config.setClientKeyAlgo("RSA");
        }
    }

    /** Makes an HTTP client with connections of its own. */
    static HttpClient client(Config config) {
        return new JdkHttpClientFactory().newBuilder(config).build();
    }

    static Config bare(String url) {
        // Not auto-configured: HTTPS_PROXY and the like are meant for the app next to us.
        return new ConfigBuilder(Config.empty()).withMasterUrl(url).build();
    }

    private static Config inCluster(String host, String port, ApiAccess access) {
        Path token = access.serviceAccount().resolve("token");
        Path authority = access.serviceAccount().resolve("ca.crt");
        List<String> problems = new ArrayList<>();
        checkReadable(problems, "the token", token);
        checkReadable(problems, "the authority's certificate", authority);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "remora.kubernetes.service-account: " + String.join(", ", problems)
                            + "; check the pod's automountServiceAccountToken and fsGroup, or set remora.kubernetes.kubeconfig");
        }
        Config config = bare("https://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port);
        config.setCaCertFile(authority.toString());
        // Asked for each request: the kubelet rotates the file.
        config.setOauthTokenProvider(() -> read(token));
        return config;
    }

    /** Notes what keeps a file from being read: that it is missing, empty, or not for this user. */
    static void checkReadable(List<String> problems, String what, Path file) {
        if (!Files.exists(file)) {
            problems.add(what + " " + file + " is missing");
        } else if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            problems.add(what + " " + file + " cannot be read by this user");
        } else if (file.toFile().length() == 0) {
            problems.add(what + " " + file + " is empty");
        }
    }

    static String read(Path token) {
        try {
            return Files.readString(token).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the token " + token, e);
        }
    }

    private static Config kubeconfig(String setting, Path file, @Nullable String context) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IllegalArgumentException(setting + ": cannot read the file " + file);
        }
        Kubeconfig parsed = Kubeconfig.read(setting, file, context);
        List<String> problems = parsed.unreadableFiles();
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(setting + ": " + file + " names files that cannot be used: "
                    + String.join(", ", problems) + "; mount them, or correct the paths (relative to the kubeconfig)");
        }
        if (parsed.isPlain()) {
            return parsed.toConfig();
        }
        try {
            return Config.fromKubeconfig(parsed.context(), file.toFile());
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(setting + ": " + file + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable Path usersKubeconfig(Map<String, String> environment) {
        for (String name : environment.getOrDefault("KUBECONFIG", "").split(File.pathSeparator, -1)) {
            if (!name.isEmpty() && Files.exists(Path.of(name))) {
                return Path.of(name);
            }
        }
        Path own = ownKubeconfig(environment);
        return Files.exists(own) ? own : null;
    }

    private static Path ownKubeconfig(Map<String, String> environment) {
        return Path.of(environment.getOrDefault("HOME", "/"), ".kube", "config");
    }

    private static Path orNowhere(@Nullable Path users, Map<String, String> environment, ApiAccess access) {
        if (users != null) {
            return users;
        }
        throw new IllegalArgumentException("no Kubernetes API server is known: this is no pod with a service account ("
                + access.serviceAccount() + "), and neither $KUBECONFIG nor " + ownKubeconfig(environment)
                + " is there; set remora.kubernetes.kubeconfig or remora.kubernetes.api-server");
    }
}
