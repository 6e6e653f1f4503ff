package io.remora.registry;

import io.remora.discovery.IpAddress;
import io.remora.discovery.Protocol;
import io.remora.discovery.TransportAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which Service owns an address. Immutable.
 *
 * @param frontends what is dialled, and who owns it
 * @param contenders who else claims an address: one of them takes over when its owner goes
 * @param undefinedPorts by ClusterIP, what becomes of a connection to a port that nobody defines
 */
record AddressBook(
        ShardedMap<TransportAddress, Frontend> frontends,
        ShardedMap<TransportAddress, List<Frontend>> contenders,
        ShardedMap<IpAddress, Route> undefinedPorts) {

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
        Route undefined = undefinedPorts.get(address.ip());
        return undefined == null ? Route.NO_SERVICE : undefined;
    }

    Editor edit() {
        return new Editor(this);
    }

    /** Collects changes. Owned by one thread. */
    static final class Editor {

        private final ShardedMap.Editor<TransportAddress, Frontend> frontends;
        private final ShardedMap.Editor<TransportAddress, List<Frontend>> contenders;
        private final ShardedMap.Editor<IpAddress, Route> undefinedPorts;

        private Editor(AddressBook before) {
            frontends = before.frontends.edit();
            contenders = before.contenders.edit();
            undefinedPorts = before.undefinedPorts.edit();
        }

        void add(ServiceEntry entry) {
            if (ownsClusterIps(entry)) {
                Route route = Route.undefinedPort(entry.service().id());
                entry.service().spec().clusterIps().forEach(ip -> undefinedPorts.put(ip, route));
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
                    Route route = undefinedPorts.get(ip);
                    if (route != null && entry.service().id().equals(route.service())) {
                        undefinedPorts.remove(ip);
                    }
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
