package io.remora.lab;

import io.remora.lab.net.NetworkPlan;
import java.util.regex.Pattern;

/**
 * A pod to set up.
 *
 * @param name a DNS label; unique in the lab
 * @param node the name of its node
 * @param host the last part of its addresses, 2 to {@value NetworkPlan#MAX_HOST}, free on its node; 0 takes the next one
 */
public record PodSpec(String name, String node, int host) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    public PodSpec {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a pod's name must be a DNS label: " + name);
        }
        if (host != 0 && (host < 2 || host > NetworkPlan.MAX_HOST)) {
            throw new IllegalArgumentException("host must be 0 or 2 to " + NetworkPlan.MAX_HOST + ": " + host);
        }
    }

    public static PodSpec of(String name, String node) {
        return new PodSpec(name, node, 0);
    }

    /** With a given last part of its addresses, for example that of a pod that is gone. */
    public PodSpec host(int newHost) {
        return new PodSpec(name, node, newHost);
    }
}
