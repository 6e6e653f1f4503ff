package io.remora.check;

import java.util.List;

/**
 * What is asked about.
 *
 * @param namespace of the pods that have agents, or are to have them
 * @param accounts as which agents run, {@code system:serviceaccount:NAMESPACE:NAME}; empty for those of the namespace's pods
 * @param serviceCidrs that are to be captured; empty if none were given
 * @param watched namespaces whose Services the agents watch; empty for all
 * @param onDemand whether they watch on demand
 * @param version of this program
 */
record CheckTarget(
        String namespace,
        List<String> accounts,
        List<String> serviceCidrs,
        List<String> watched,
        boolean onDemand,
        String version) {

    CheckTarget {
        accounts = List.copyOf(accounts);
        serviceCidrs = List.copyOf(serviceCidrs);
        watched = List.copyOf(watched);
    }
}
