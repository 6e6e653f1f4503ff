package io.remora.lab.e2e;

import java.util.List;

/**
 * What clients dial.
 *
 * @param name of the Service
 * @param addresses its ClusterIPs, one of each family
 * @param port its port
 */
record Target(String name, List<String> addresses, int port) {
    Target {
        addresses = List.copyOf(addresses);
    }

    /** {@code ADDRESS:PORT} of a family, {@code IPv4} or {@code IPv6}. */
    String of(String family) {
        boolean v6 = family.equals("IPv6");
        return addresses.stream()
                .filter(each -> each.contains(":") == v6)
                .map(each -> (v6 ? "[" + each + "]" : each) + ":" + port)
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " has no address of " + family + ": " + addresses));
    }

    String v4() {
        return of("IPv4");
    }
}
