package io.remora.lab.e2e.decisions;

import io.remora.discovery.Cidr;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import io.remora.kubernetes.ObjectDump;
import io.remora.registry.ClientLocation;
import io.remora.registry.Destination;
import io.remora.registry.FrontendKind;
import io.remora.registry.RegistryConfig;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.Route;
import io.remora.registry.Selection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What Remora decides next to what kube-proxy programmed. */
final class Comparison {

    private final ObjectDump dump;
    private final List<Cidr> serviceCidrs;
    private final Map<String, List<String>> unexpected = new LinkedHashMap<>();
    private final Set<Route.Cause> causes = EnumSet.noneOf(Route.Cause.class);
    private final Set<Selection> selections = EnumSet.noneOf(Selection.class);
    private final Set<FrontendKind> kinds = EnumSet.noneOf(FrontendKind.class);
    private int compared;
    private int unknownAddresses;

    Comparison(ObjectDump dump, List<String> serviceCidrs) {
        this.dump = dump;
        this.serviceCidrs = serviceCidrs.stream()
                .map(cidr -> Cidr.tryParse(cidr).orElseThrow())
                .toList();
    }

    /**
     * Compares for the pods of one node.
     *
     * @param questions by namespace
     */
    void run(ProxiedNode node, Map<String, Set<TransportAddress>> questions) {
        RegistrySnapshot snapshot = snapshot(node.name());
        questions.forEach((namespace, addresses) -> {
            for (TransportAddress address : addresses) {
                for (IpAddress client : node.pods(address.ip().family())) {
                    compare(namespace, node, new Packet(client, address), snapshot);
                }
            }
        });
    }

    private RegistrySnapshot snapshot(String name) {
        ObjectDump.Node node = dump.nodes().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        return RegistrySnapshot.of(
                new RegistryConfig(ClientLocation.of(name, node.zone()), node.addresses(), true, List.of()),
                dump.services());
    }

    private void compare(String namespace, ProxiedNode node, Packet packet, RegistrySnapshot snapshot) {
        Fate theirs = node.fate(packet);
        Route route = snapshot.route(packet.destination(), packet.source());
        Fate ours = fate(route);
        compared++;
        note(route);
        if (isUnknownAddress(packet.destination(), theirs, route)) {
            unknownAddresses++;
        } else if (!ours.equals(theirs.withoutDrop())) {
            unexpected
                    .computeIfAbsent(namespace, key -> new ArrayList<>())
                    .add(node + ", from " + packet.source() + " to " + packet.destination() + ": kube-proxy " + theirs
                            + ", Remora " + ours + " (" + route.reason() + ")");
        }
    }

    /**
     * The only difference that is meant: an address of the Service network that no Service has. kube-proxy drops; Remora
     * captures Services only.
     */
    private boolean isUnknownAddress(TransportAddress address, Fate theirs, Route route) {
        return theirs.verdict() == Fate.Verdict.DROP
                && route.cause() == Route.Cause.NO_SERVICE
                && serviceCidrs.stream().anyMatch(cidr -> cidr.contains(address.ip()));
    }

    private static Fate fate(Route route) {
        return switch (route.verdict()) {
            case PASS_THROUGH -> Fate.of(Fate.Verdict.PASS_THROUGH);
            case REJECT -> Fate.of(Fate.Verdict.REJECT);
            case FORWARD -> {
                Destination destination = Objects.requireNonNull(route.destination());
                @Nullable Duration affinity = destination.service().spec().affinityTimeout();
                yield new Fate(
                        Fate.Verdict.FORWARD,
                        destination.eligible().stream().map(Endpoint::hostPort).toList(),
                        affinity == null ? 0 : affinity.toSeconds());
            }
        };
    }

    private void note(Route route) {
        causes.add(route.cause());
        Destination destination = route.destination();
        if (destination != null) {
            selections.add(destination.selection());
        }
        if (route.frontend() != null) {
            kinds.add(route.frontend().kind());
        }
    }

    /** Differences that are not meant, by namespace. */
    Map<String, List<String>> unexpected() {
        return unexpected;
    }

    int compared() {
        return compared;
    }

    int unknownAddresses() {
        return unknownAddresses;
    }

    Set<Route.Cause> causes() {
        return causes;
    }

    Set<Selection> selections() {
        return selections;
    }

    Set<FrontendKind> kinds() {
        return kinds;
    }
}
