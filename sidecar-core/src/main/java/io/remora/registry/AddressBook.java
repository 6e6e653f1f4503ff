package io.remora.registry;

import io.remora.discovery.IpAddress;
import io.remora.discovery.Protocol;
import io.remora.discovery.ServiceId;
import io.remora.discovery.TransportAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which Service owns an address. Immutable.
 *
 * @param frontends what is dialled, and who owns it
 * @param contenders who else claims an address: one of them takes over when its owner goes
 * @param undefinedPorts by ClusterIP, what becomes of a connection to a port that nobody defines: a Route for each Service
 *     that has the address, one as a rule, of which the first counts
 */
record AddressBook(
        ShardedMap<TransportAddress, Frontend> frontends,
        ShardedMap<TransportAddress, List<Frontend>> contenders,
        ShardedMap<IpAddress, List<Route>> undefinedPorts) {

    static final AddressBook EMPTY = new AddressBook(ShardedMap.empty(), ShardedMap.empty(), ShardedMap.empty());

    /** O(1), without allocation. */
    Route route(TransportAddress address, IpAddress client, boolean rejectUndefinedPorts) {
        Frontend frontend = frontends.get(address);
        if (frontend != null) {
            return frontend.route(client);
        }
        if (!rejectUndefinedPorts || address.protocol() != Protocol.TCP) {
            return Route.NO_SERVICE;
        }
        List<Route> undefined = undefinedPorts.get(address.ip());
        return undefined == null ? Route.NO_SERVICE : undefined.get(0);
    }

    Editor edit() {
        return new Editor(this);
    }

    /** Collects changes. Owned by one thread. */
    static final class Editor {

        private final ShardedMap.Editor<TransportAddress, Frontend> frontends;
        private final ShardedMap.Editor<TransportAddress, List<Frontend>> contenders;
        private final ShardedMap.Editor<IpAddress, List<Route>> undefinedPorts;

        private Editor(AddressBook before) {
            frontends = before.frontends.edit();
            contenders = before.contenders.edit();
            undefinedPorts = before.undefinedPorts.edit();
        }

        void add(ServiceEntry entry) {
            if (ownsClusterIps(entry)) {
                for (IpAddress ip : entry.service().spec().clusterIps()) {
                    List<Route> all = owners(ip, entry.service().id());
                    all.add(Route.undefinedPort(entry.service().id()));
                    settle(ip, all);
                }
            }
            for (Frontend frontend : entry.frontends()) {
                Frontend owner = frontends.get(frontend.address());
                if (owner == null) {
                    frontends.put(frontend.address(), frontend);
                } else {
                    List<Frontend> all = contenders(frontend.address());
                    all.add(owner);
                    all.add(frontend);
                    settle(frontend.address(), all);
                }
            }
        }

        void remove(ServiceEntry entry) {
            if (ownsClusterIps(entry)) {
                for (IpAddress ip : entry.service().spec().clusterIps()) {
                    settle(ip, owners(ip, entry.service().id()));
                }
            }
            for (Frontend frontend : entry.frontends()) {
                List<Frontend> all = contenders(frontend.address());
                Frontend owner = frontends.get(frontend.address());
                if (owner != null) {
                    all.add(owner);
                }
                all.remove(frontend);
                settle(frontend.address(), all);
            }
        }

        AddressBook done() {
            return new AddressBook(frontends.done(), contenders.done(), undefinedPorts.done());
        }

        /** Who has a ClusterIP, but for one Service. */
        private List<Route> owners(IpAddress ip, ServiceId without) {
            List<Route> known = undefinedPorts.get(ip);
            List<Route> others = new ArrayList<>(1);
            for (Route route : known == null ? List.<Route>of() : known) {
                if (!without.equals(route.service())) {
                    others.add(route);
                }
            }
            return others;
        }

        private void settle(IpAddress ip, List<Route> owners) {
            if (owners.isEmpty()) {
                undefinedPorts.remove(ip);
            } else {
                owners.sort(Comparator.comparing(route -> Objects.requireNonNull(route.service())));
                undefinedPorts.put(ip, List.copyOf(owners));
            }
        }

        private List<Frontend> contenders(TransportAddress address) {
            @Nullable List<Frontend> known = contenders.get(address);
            return known == null ? new ArrayList<>(2) : new ArrayList<>(known);
        }

        private void settle(TransportAddress address, List<Frontend> all) {
            if (all.isEmpty()) {
                frontends.remove(address);
                return;
            }
            all.sort(Frontend.PRECEDENCE);
            frontends.put(address, all.get(0));
            if (all.size() > 1) {
                contenders.put(address, List.copyOf(all.subList(1, all.size())));
            } else {
                contenders.remove(address);
            }
        }

        /** Also one that has UDP ports only: its ClusterIP is known, and no TCP port of it is defined. */
        private static boolean ownsClusterIps(ServiceEntry entry) {
            return entry.exclusion() == null || entry.exclusion() == Exclusion.NO_TCP_PORT;
        }
    }
}
