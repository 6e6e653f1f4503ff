package io.remora.agent;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.remora.relay.ConnectionQuery;
import io.remora.relay.ConnectionView;
import io.remora.relay.ConnectionsView;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** {@code /connections}: live connections, those first that are asked for. */
final class ConnectionsPage implements AdminPage {

    static final int LIMIT = 100;
    static final int MOST = 1000;

    private static final double NANOS_PER_SECOND = 1e9;

    private final Function<ConnectionQuery, CompletionStage<ConnectionsView>> connections;
    private final IntSupplier live;

    /**
     * @param connections asks the relay
     * @param live how many there are
     */
    ConnectionsPage(Function<ConnectionQuery, CompletionStage<ConnectionsView>> connections, IntSupplier live) {
        this.connections = connections;
        this.live = live;
    }

    /**
     * The answer.
     *
     * @param live connections there are
     * @param seen how many of them were looked at
     * @param matched how many of those the filter let through
     * @param connections the first of these
     */
    record Answer(int live, int seen, int matched, List<Row> connections) {}

    /**
     * A connection.
     *
     * @param ageSeconds since it was accepted
     * @param state {@code opening held connecting relaying}
     * @param client who dialled
     * @param original what was dialled
     * @param service {@code namespace/name:port}; null if it is passed through, or not known yet
     * @param endpoint what took it; null if nothing has yet
     * @param sent bytes from the client that the endpoint took
     * @param received bytes from the endpoint that the client took
     */
    record Row(
            long id,
            double ageSeconds,
            String state,
            String client,
            String original,
            @Nullable String service,
            @Nullable String endpoint,
            long sent,
            long received) {

        static Row of(ConnectionView view) {
            return new Row(
                    view.id(),
                    view.age().toNanos() / NANOS_PER_SECOND,
                    view.phase().label(),
                    view.client().toString(),
                    view.original().toString(),
                    view.destination() == null ? null : view.destination().toString(),
                    view.upstream() == null ? null : view.upstream().toString(),
                    view.sent(),
                    view.received());
        }
    }

    @Override
    public AdminResponse respond(AdminRequest request) {
        ConnectionQuery query;
        try {
            query = new ConnectionQuery(
                    request.constant("order", ConnectionQuery.Order.NEWEST),
                    request.number("limit", LIMIT, MOST),
                    request.parameter("filter", "").strip());
        } catch (IllegalArgumentException e) {
            return AdminResponse.text(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
        }
        return AdminResponse.later(connections.apply(query).thenApply(found -> {
            List<Row> rows = found.connections().stream().map(Row::of).toList();
            Answer answer = new Answer(live.getAsInt(), found.seen(), found.matched(), rows);
            return AdminResponse.json(HttpResponseStatus.OK, Json.write(answer));
        }));
    }
}
