package io.remora.agent;

import io.remora.internal.Moments;
import io.remora.relay.CloseReason;
import io.remora.relay.ConnectionDecision;
import io.remora.relay.ConnectionDecision.Attempt;
import io.remora.relay.ConnectionDecision.End;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was decided about one connection, as {@code /decisions} tells it.
 *
 * @param id later connections have higher ones
 * @param at when it was accepted: ISO 8601, in UTC, to the millisecond
 * @param client who dialled
 * @param original what was dialled; null if that could not be told
 * @param service {@code namespace/name:port}; null if it is passed through, or not known yet
 * @param decision {@code forward}, {@code reject} or {@code pass-through}; null if nothing was decided
 * @param endpoint what took it; null if nothing has
 * @param why for people
 * @param missed connect attempts that did not get it
 * @param state {@code opening held connecting relaying closed}
 * @param end the reason of its end, as in the metrics; null while it lives
 * @param sent bytes from the client that the endpoint took; null while it lives
 * @param received bytes from the endpoint that the client took; null while it lives
 * @param seconds how long it lasted; null while it lives
 */
record DecisionView(
        long id,
        String at,
        String client,
        @Nullable String original,
        @Nullable String service,
        @Nullable String decision,
        @Nullable String endpoint,
        String why,
        List<MissedView> missed,
        String state,
        @Nullable String end,
        @Nullable Long sent,
        @Nullable Long received,
        @Nullable Double seconds) {

    private static final double NANOS_PER_SECOND = 1e9;

    /** A connect attempt that did not get the connection. */
    record MissedView(String endpoint, String outcome, double seconds) {

        private static MissedView of(Attempt attempt) {
            return new MissedView(
                    attempt.address().toString(), attempt.outcome().label(), DecisionView.seconds(attempt.time()));
        }
    }

    static DecisionView of(ConnectionDecision decision, Moments moments) {
        End end = decision.end();
        return new DecisionView(
                decision.id(),
                moments.clock()
                        .instant()
                        .minus(moments.since(decision.openedNanos()))
                        .truncatedTo(ChronoUnit.MILLIS)
                        .toString(),
                decision.client().toString(),
                text(decision.original()),
                text(decision.destination()),
                decided(decision),
                text(decision.upstream()),
                DecisionReason.of(decision),
                decision.missed().stream().map(MissedView::of).toList(),
                decision.phase().label(),
                end == null ? null : end.reason().label(),
                end == null ? null : end.sent(),
                end == null ? null : end.received(),
                end == null ? null : seconds(end.lasted()));
    }

    private static @Nullable String decided(ConnectionDecision decision) {
        CloseReason end = decision.end() == null ? null : decision.end().reason();
        if (decision.cause() == null) {
            return null;
        }
        boolean reset = end == CloseReason.NO_ENDPOINT || end == CloseReason.LIMIT || end == CloseReason.BREAKER_OPEN;
        if (reset) {
            return "reject";
        }
        return DecisionReason.isPassedThrough(decision)
                ? "pass-through"
                : decision.cause().verdict().text();
    }

    /**
     * Whether a text is part of what a person may look for.
     *
     * @param text in lower case; empty for all
     */
    boolean mentions(String text) {
        return text.isEmpty()
                || Stream.of(client, original, service, decision, endpoint, why, state, end)
                        .anyMatch(each ->
                                each != null && each.toLowerCase(Locale.ROOT).contains(text));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / NANOS_PER_SECOND;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
