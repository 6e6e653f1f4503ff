package io.remora.kubernetes;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What to watch and how to reach it. Each setting is called {@code remora.kubernetes.} and the name given below.
 *
 * @param namespaces the namespaces to watch (setting {@code namespaces}); none means all of them. Each costs two watches,
 *     so at most {@value #MAX_NAMESPACES} may be named
 * @param access where the API server is and who we are
 * @param timing time-outs and back-off
 */
public record KubernetesConfig(List<String> namespaces, ApiAccess access, WatchTiming timing) {

    /** The most namespaces that can be named: their watches and lists stay below the 100 streams of one connection. */
    public static final int MAX_NAMESPACES = 32;

    /** All namespaces, found through the service account or the user's kubeconfig. */
    public static final KubernetesConfig DEFAULT =
            new KubernetesConfig(List.of(), ApiAccess.DISCOVERED, WatchTiming.DEFAULT);

    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    /**
     * @throws IllegalArgumentException listing everything that is wrong with the namespaces
     */
    public KubernetesConfig {
        namespaces = List.copyOf(namespaces);
        List<String> problems = new ArrayList<>();
        for (String namespace : namespaces) {
            if (!DNS_LABEL.matcher(namespace).matches()) {
                problems.add("'" + namespace + "' is not the name of a namespace (lower-case letters, digits and -)");
            }
        }
        if (new HashSet<>(namespaces).size() != namespaces.size()) {
            problems.add("a namespace is named twice: " + namespaces);
        }
        if (namespaces.size() > MAX_NAMESPACES) {
            problems.add(namespaces.size() + " are named and " + MAX_NAMESPACES
                    + " are possible: leave the setting empty to watch all namespaces");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("remora.kubernetes.namespaces: " + String.join("; ", problems));
        }
    }

    /** Returns this configuration for other namespaces; none means all. */
    public KubernetesConfig withNamespaces(List<String> value) {
        return new KubernetesConfig(value, access, timing);
    }

    /** Returns this configuration with another way to the API server. */
    public KubernetesConfig withAccess(ApiAccess value) {
        return new KubernetesConfig(namespaces, value, timing);
    }

    /** Returns this configuration with other time-outs. */
    public KubernetesConfig withTiming(WatchTiming value) {
        return new KubernetesConfig(namespaces, access, value);
    }
}
