package io.remora.relay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Some of the live connections, as they were when each event loop was asked.
 *
 * @param seen how many were looked at
 * @param matched how many of them were asked for
 * @param connections the first of those, in the order that was asked for
 */
public record ConnectionsView(int seen, int matched, List<ConnectionView> connections) {

    /** How many connections an event loop looks at for one answer, so that its other ones do not wait for that. */
    static final int MOST_SEEN = 20_000;

    public ConnectionsView {
        connections = List.copyOf(connections);
    }

    /** Puts the answers of several loops together. */
    static ConnectionsView of(List<ConnectionsView> parts, ConnectionQuery query) {
        int seen = 0;
        int matched = 0;
        List<ConnectionView> all = new ArrayList<>();
        for (ConnectionsView part : parts) {
            seen += part.seen;
            matched += part.matched;
            all.addAll(part.connections);
        }
        all.sort(Comparator.comparingLong((ConnectionView view) -> query.rank(view.id(), view.sent(), view.received()))
                .reversed());
        return new ConnectionsView(seen, matched, all.subList(0, Math.min(query.limit(), all.size())));
    }
}
