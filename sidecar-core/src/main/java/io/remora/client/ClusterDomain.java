package io.remora.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The last part of a Service's full name, as the pod's resolver has it. Stateless. */
public final class ClusterDomain {

    private static final String DEFAULT = ServiceNames.DEFAULT_CLUSTER_DOMAIN;
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

    private ClusterDomain() {}

    /** Returns that of this pod; the usual one if this is none. */
    public static String read() {
        try {
            return of(Files.readAllLines(RESOLV_CONF));
        } catch (IOException e) {
            return DEFAULT;
        }
    }

    /** A kubelet lets a pod search NAMESPACE.svc.DOMAIN, svc.DOMAIN and DOMAIN; the last such line counts. */
    static String of(List<String> resolvConf) {
        String domain = DEFAULT;
        for (String line : resolvConf) {
            String[] words = line.strip().split("\\s+", -1);
            if (words[0].equals("search")) {
                domain = DEFAULT;
                for (String word : words) {
                    if (word.startsWith("svc.") && word.length() > "svc.".length()) {
                        String name = word.substring("svc.".length());
                        domain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
                    }
                }
            }
        }
        return domain;
    }
}
