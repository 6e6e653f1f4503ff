package io.remora.kubernetes;

import io.remora.discovery.DnsLabel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * What to watch and how to reach it. Each setting is called {@code remora.kubernetes.} and the name given below.
 *
 * @param scope which Services are watched (setting {@code scope})
 * @param namespaces the namespaces to watch in scope {@code all} (setting {@code namespaces}); none means all of them. Each
 *     costs two watches, so at most {@value #MAX_NAMESPACES} may be named
 * @param onDemand what holds in scope {@code on-demand}
 * @param access where the API server is and who we are
 * @param timing time-outs and back-off
 * @param headless whether the endpoints of headless Services are watched too, for clients that name Services; whoever dials
 *     ClusterIPs has no use for them
 */
public record KubernetesConfig(
        WatchScope scope,
        List<String> namespaces,
        OnDemandConfig onDemand,
        ApiAccess access,
        WatchTiming timing,
        boolean headless) {

    /** The most namespaces that can be named: their watches and lists stay below the 100 streams of one connection. */
    public static final int MAX_NAMESPACES = 32;

    /** All namespaces, found through the service account or the user's kubeconfig. */
    public static final KubernetesConfig DEFAULT = new KubernetesConfig(
            WatchScope.ALL, List.of(), OnDemandConfig.DEFAULT, ApiAccess.DISCOVERED, WatchTiming.DEFAULT, false);

    /**
     * @throws IllegalArgumentException listing everything that is wrong with the namespaces, or with what is given for
     *     another scope than this
     */
    public KubernetesConfig {
        namespaces = List.copyOf(namespaces);
        List<String> problems = new ArrayList<>();
        for (String namespace : namespaces) {
            if (!isDnsLabel(namespace)) {
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
        List<String> all = new ArrayList<>();
        if (!problems.isEmpty()) {
            all.add("remora.kubernetes.namespaces: " + String.join("; ", problems));
        }
        if (scope == WatchScope.ON_DEMAND && !namespaces.isEmpty()) {
            all.add("remora.kubernetes.namespaces is for remora.kubernetes.scope=all, and the scope is on-demand: leave"
                    + " one of them out");
        }
        if (scope == WatchScope.ALL && !onDemand.warm().isEmpty()) {
            all.add("remora.kubernetes.warm is for remora.kubernetes.scope=on-demand, and the scope is all, where every"
                    + " Service is watched from the start: leave one of them out");
        }
        if (!all.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", all));
        }
    }

    /** Whether a text may be the name of a namespace or of a Service. */
    static boolean isDnsLabel(String text) {
        return DnsLabel.matches(text);
    }

    /** Returns this configuration for another scope. */
    public KubernetesConfig withScope(WatchScope value) {
        return new KubernetesConfig(value, namespaces, onDemand, access, timing, headless);
    }

    /** Returns this configuration with another one for scope {@code on-demand}. */
    public KubernetesConfig withOnDemand(OnDemandConfig value) {
        return new KubernetesConfig(scope, namespaces, value, access, timing, headless);
    }

    /** Returns this configuration for other namespaces; none means all. */
    public KubernetesConfig withNamespaces(List<String> value) {
        return new KubernetesConfig(scope, value, onDemand, access, timing, headless);
    }

    /** Returns this configuration with another way to the API server. */
    public KubernetesConfig withAccess(ApiAccess value) {
        return new KubernetesConfig(scope, namespaces, onDemand, value, timing, headless);
    }

    /** Returns this configuration with other time-outs. */
    public KubernetesConfig withTiming(WatchTiming value) {
        return new KubernetesConfig(scope, namespaces, onDemand, access, value, headless);
    }

    /** Returns this configuration with or without headless Services. */
    public KubernetesConfig withHeadless(boolean value) {
        return new KubernetesConfig(scope, namespaces, onDemand, access, timing, value);
    }
}
