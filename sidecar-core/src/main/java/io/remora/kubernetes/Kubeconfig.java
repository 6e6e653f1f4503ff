package io.remora.kubernetes;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * One context of a kubeconfig file. What only names addresses, files and secrets is read here: fabric8's reader takes
 * 0.7 s of CPU time and 2,000 classes for it, and is left for credential plugins and whatever else there may be.
 */
final class Kubeconfig {

    private static final Set<String> PLAIN_CLUSTER =
            Set.of("server", "certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify");
    private static final Set<String> PLAIN_USER = Set.of(
            "token",
            "tokenFile",
            "client-certificate",
            "client-certificate-data",
            "client-key",
            "client-key-data",
            "username",
            "password");

    private final Path file;
    private final String context;
    private final @Nullable String namespace;
    private final Map<?, ?> cluster;
    private final Map<?, ?> user;

    private Kubeconfig(Path file, String context, @Nullable String namespace, Map<?, ?> cluster, Map<?, ?> user) {
        this.file = file;
        this.context = context;
        this.namespace = namespace;
        this.cluster = cluster;
        this.user = user;
    }

    /**
     * Reads a file.
     *
     * @param setting the setting that names it, for messages
     * @param wanted the context; null for the file's current one
     * @throws IllegalArgumentException naming the setting and the fix
     */
    static Kubeconfig read(String setting, Path file, @Nullable String wanted) {
        Map<?, ?> root;
        try {
            Object loaded = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            root = loaded instanceof Map<?, ?> map ? map : Map.of();
        } catch (IOException | YamlEngineException e) {
            throw new IllegalArgumentException(setting + ": " + file + " is no valid kubeconfig: " + e.getMessage(), e);
        }
        String name = wanted != null ? wanted : text(root, "current-context");
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException(
                    setting + ": " + file + " has no current context; set remora.kubernetes.context");
        }
        Map<?, ?> chosen = named(root, "contexts", name, "context");
        if (chosen == null) {
            throw new IllegalArgumentException("remora.kubernetes.context: " + file + " has no context '" + name + "'");
        }
        Map<?, ?> cluster = named(root, "clusters", text(chosen, "cluster"), "cluster");
        if (cluster == null || text(cluster, "server") == null) {
            throw new IllegalArgumentException(
                    setting + ": " + file + ": the cluster of context '" + name + "' has no server");
        }
        String server = String.valueOf(text(cluster, "server"));
        if (!server.startsWith("https://") && !server.startsWith("http://")) {
            // The client would try TLS and then plain text, and send the credentials with that.
            throw new IllegalArgumentException(setting + ": " + file + ": the server of context '" + name
                    + "' must begin with https:// (or http://, where nothing is secret): '" + server + "'");
        }
        Map<?, ?> user = named(root, "users", text(chosen, "user"), "user");
        return new Kubeconfig(file, name, text(chosen, "namespace"), cluster, user == null ? Map.of() : user);
    }

    /** The context's name. */
    String context() {
        return context;
    }

    /** Whether {@link #toConfig} understands all that the context says. */
    boolean isPlain() {
        return PLAIN_CLUSTER.containsAll(cluster.keySet()) && PLAIN_USER.containsAll(user.keySet());
    }

    /** Returns which of the files that the context needs are missing or cannot be read. */
    List<String> unreadableFiles() {
        List<String> problems = new ArrayList<>();
        check(problems, cluster, "certificate-authority");
        check(problems, user, "client-certificate");
        check(problems, user, "client-key");
        check(problems, user, "tokenFile");
        return problems;
    }

    private void check(List<String> problems, Map<?, ?> map, String key) {
        String file = path(map, key);
        if (file != null && text(map, key + "-data") == null) { // the data goes before the file
            KubernetesClients.checkReadable(problems, key, Path.of(file));
        }
    }

    /** Returns the client's configuration. */
    Config toConfig() {
        Config config = KubernetesClients.bare(String.valueOf(cluster.get("server")));
        config.setNamespace(namespace);
        config.setTrustCerts(Boolean.TRUE.equals(cluster.get("insecure-skip-tls-verify")));
        config.setCaCertFile(path(cluster, "certificate-authority"));
        config.setCaCertData(text(cluster, "certificate-authority-data"));
        config.setClientCertFile(path(user, "client-certificate"));
        config.setClientCertData(text(user, "client-certificate-data"));
        config.setClientKeyFile(path(user, "client-key"));
        config.setClientKeyData(text(user, "client-key-data"));
        config.setUsername(text(user, "username"));
        config.setPassword(text(user, "password"));
        String token = text(user, "token");
        String tokenFile = path(user, "tokenFile");
        if (tokenFile != null) { // it goes before a token, and is read for each request since it may be rotated
            Path read = Path.of(tokenFile);
            config.setOauthTokenProvider(() -> KubernetesClients.read(read));
        } else if (token != null) {
            config.setOauthTokenProvider(() -> token);
        }
        return config;
    }

    private static @Nullable Map<?, ?> named(Map<?, ?> root, String list, @Nullable String name, String content) {
        if (root.get(list) instanceof List<?> entries) {
            for (Object entry : entries) {
                if (entry instanceof Map<?, ?> map && name != null && name.equals(text(map, "name"))) {
                    return map.get(content) instanceof Map<?, ?> found ? found : Map.of();
                }
            }
        }
        return null;
    }

    private static @Nullable String text(Map<?, ?> map, String key) {
        Object value = map.get(key);
        return value == null ? null : value.toString();
    }

    /** A file name, as kubectl has it: relative to the kubeconfig. */
    private @Nullable String path(Map<?, ?> map, String key) {
        String text = text(map, key);
        return text == null || text.isEmpty()
                ? null
                : file.toAbsolutePath().resolveSibling(text).toString();
    }
}
