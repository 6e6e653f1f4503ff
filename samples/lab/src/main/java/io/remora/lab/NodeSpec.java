package io.remora.lab;

import java.util.regex.Pattern;

/**
 * A node to set up.
 *
 * @param name a DNS label of at most 15 characters (it also names an interface)
 * @param zone what {@code topology.kubernetes.io/zone} says
 */
public record NodeSpec(String name, String zone) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?");

    public NodeSpec {
        if (!NAME.matcher(name).matches() || name.equals("uplink") || name.equals("lo") || name.equals("lab")) {
            throw new IllegalArgumentException(
                    "a node's name must be a DNS label of at most 15 characters, and not uplink, lo or lab: " + name);
        }
    }
}
