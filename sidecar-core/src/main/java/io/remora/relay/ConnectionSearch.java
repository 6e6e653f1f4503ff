package io.remora.relay;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Looks through the connections of one event loop, on it. Views are made of those only that are told. */
final class ConnectionSearch {

    private ConnectionSearch() {}

    private record Ranked(RelayConnection connection, long rank) {}

    static ConnectionsView search(Iterable<RelayConnection> connections, ConnectionQuery query, int mostSeen) {
        PriorityQueue<Ranked> first = new PriorityQueue<>(Comparator.comparingLong(Ranked::rank)); // lowest at its head
        int seen = 0;
        int matched = 0;
        for (RelayConnection connection : connections) {
            if (seen == mostSeen) {
                break;
            }
            seen++;
            if (!query.text().isEmpty() && !connection.trace().mentions(query.text())) {
                continue;
            }
            matched++;
            long rank = query.rank(connection.trace().id, connection.sent(), connection.received());
            Ranked lowest = first.size() < query.limit() ? null : first.peek();
            if (lowest == null || lowest.rank() < rank) {
                first.add(new Ranked(connection, rank));
                if (lowest != null) {
                    first.remove();
                }
            }
        }
        return new ConnectionsView(
                seen,
                matched,
                first.stream().map(ranked -> ranked.connection().view()).toList());
    }
}
