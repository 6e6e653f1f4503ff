package io.remora.agent;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.remora.internal.Moments;
import io.remora.relay.ConnectionDecision;
import io.remora.relay.RelayServer;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** {@code /decisions}: what was decided about the newest connections, and why. */
final class DecisionsPage implements AdminPage {

    private final Supplier<CompletionStage<List<ConnectionDecision>>> decisions;
    private final Moments moments;

    /** @param decisions asks the relay for all that it keeps, the newest first */
    DecisionsPage(Supplier<CompletionStage<List<ConnectionDecision>>> decisions, Moments moments) {
        this.decisions = decisions;
        this.moments = moments;
    }

    /**
     * The answer.
     *
     * @param kept how many there are
     * @param matched how many of them the filter let through
     * @param decisions the newest of these, the newest first
     */
    record Answer(int kept, int matched, List<DecisionView> decisions) {}

    @Override
    public AdminResponse respond(AdminRequest request) {
        int limit;
        try {
            limit = request.number("limit", RelayServer.RECENT_DECISIONS, RelayServer.RECENT_DECISIONS);
        } catch (IllegalArgumentException e) {
            return AdminResponse.text(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
        }
        String text = request.parameter("filter", "").strip().toLowerCase(Locale.ROOT);
        return AdminResponse.later(decisions.get().thenApply(kept -> {
            List<DecisionView> matching = kept.stream()
                    .map(decision -> DecisionView.of(decision, moments))
                    .filter(view -> view.mentions(text))
                    .toList();
            Answer answer =
                    new Answer(kept.size(), matching.size(), matching.subList(0, Math.min(limit, matching.size())));
            return AdminResponse.json(HttpResponseStatus.OK, Json.write(answer));
        }));
    }
}
