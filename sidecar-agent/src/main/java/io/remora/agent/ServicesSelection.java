package io.remora.agent;

import io.remora.agent.ServicesView.Matched;
import io.remora.discovery.Endpoint;
import io.remora.discovery.TransportAddress;
import io.remora.registry.Destination;
import io.remora.registry.EndpointDecision;
import io.remora.registry.ServiceEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is listed of the Services that somebody asked for.
 *
 * @param matched how many there are behind the filter
 * @param destinations the first of the Destinations
 * @param unbalanced the first of the Services that connections go past
 */
record ServicesSelection(Matched matched, List<Destination> destinations, List<ServiceEntry> unbalanced) {

    /** Which Destinations come first. */
    enum Order {
        /** As the Services are named. */
        NAME,
        /** Those with something wrong, and then as the Services are named. */
        TROUBLE
    }

    /**
     * Selects.
     *
     * @param services by name
     * @param filter what a name or an address of it holds, in lower case; empty for all
     * @param limit at most so many of each kind
     * @param troubled whether something is wrong with a Destination
     */
    static ServicesSelection of(
            List<ServiceEntry> services, String filter, Order order, int limit, Predicate<Destination> troubled) {
        List<Destination> destinations = new ArrayList<>();
        List<ServiceEntry> unbalanced = new ArrayList<>();
        for (ServiceEntry entry : services) {
            boolean named = holds(entry.service().id(), filter);
            if (entry.destinations().isEmpty() && named) {
                unbalanced.add(entry);
            }
            for (Destination destination : entry.destinations()) {
                if (named || matches(destination, filter)) {
                    destinations.add(destination);
                }
            }
        }
        Matched matched = new Matched(destinations.size(), unbalanced.size());
        return new ServicesSelection(
                matched,
                first(destinations, order == Order.TROUBLE ? troubled : any -> false, limit),
                first(unbalanced, any -> false, limit));
    }

    /**
     * The first of a list, with those in front that are preferred.
     *
     * @param preferred asked once for each: what is looked at may change meanwhile, which no sorting takes
     */
    static <T> List<T> first(List<T> all, Predicate<? super T> preferred, int limit) {
        Map<Boolean, List<T>> parts = all.stream().collect(Collectors.partitioningBy(preferred));
        return Stream.of(true, false)
                .flatMap(part -> Objects.requireNonNull(parts.get(part)).stream())
                .limit(limit)
                .toList();
    }

    private static boolean matches(Destination destination, String filter) {
        if (holds(destination.id(), filter)) {
            return true;
        }
        for (TransportAddress address : destination.addresses()) {
            if (holds(address, filter)) {
                return true;
            }
        }
        for (EndpointDecision decision : destination.decisions()) {
            Endpoint endpoint = decision.endpoint();
            Endpoint.TargetRef target = endpoint.target();
            if (holds(endpoint.hostPort(), filter) || target != null && holds(target.name(), filter)) {
                return true;
            }
        }
        return false;
    }

    private static boolean holds(@Nullable Object value, String filter) {
        return filter.isEmpty()
                || value != null && value.toString().toLowerCase(Locale.ROOT).contains(filter);
    }
}
