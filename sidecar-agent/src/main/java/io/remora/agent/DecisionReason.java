package io.remora.agent;

import io.remora.registry.Selection;
import io.remora.relay.CloseReason;
import io.remora.relay.ConnectionDecision;
import io.remora.relay.ConnectionDecision.Choice;
import io.remora.relay.ConnectionPhase;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Why a connection went where it went, in words. */
final class DecisionReason {

    private DecisionReason() {}

    static String of(ConnectionDecision decision) {
        CloseReason end = decision.end() == null ? null : decision.end().reason();
        if (decision.cause() == null) {
            return undecided(decision.phase(), end);
        }
        return switch (decision.cause()) {
            case ELIGIBLE_ENDPOINTS, NO_ELIGIBLE_ENDPOINT -> balanced(decision, end);
            case OUTSIDE_SOURCE_RANGES -> "the client is outside the Service's loadBalancerSourceRanges";
            case UNDEFINED_PORT -> "the Service has no such TCP port";
            case CLIENT_NODE_UNKNOWN ->
                Selection.NODE_UNKNOWN.reason() + ": the node's own kube-proxy knows it and decides";
            case NO_SERVICE -> "no known Service has this address and TCP port";
        };
    }

    /** Whether it goes on to where it was going, or went there. */
    static boolean isPassedThrough(ConnectionDecision decision) {
        if (decision.cause() == null) {
            return false;
        }
        return switch (decision.cause()) {
            case CLIENT_NODE_UNKNOWN, NO_SERVICE -> true;
            case ELIGIBLE_ENDPOINTS, NO_ELIGIBLE_ENDPOINT -> decision.choice() == null && decision.upstream() != null;
            case OUTSIDE_SOURCE_RANGES, UNDEFINED_PORT -> false;
        };
    }

    private static String undecided(ConnectionPhase phase, @Nullable CloseReason end) {
        if (end == CloseReason.NOT_REDIRECTED) {
            return "it was dialled to the agent itself, so nobody knows where it should go";
        }
        if (end == CloseReason.LOOP) {
            return "it is the agent's own dial, which was captured";
        }
        if (end != null) {
            return "it ended before its address was looked up";
        }
        return phase == ConnectionPhase.HELD ? "held until the Services are known" : "its address is being read";
    }

    private static String balanced(ConnectionDecision decision, @Nullable CloseReason end) {
        Choice choice = decision.choice();
        if (choice == null) {
            return "its Service went this very moment";
        }
        if (end == CloseReason.LIMIT) {
            return "the Service has as many connections as its limits allow";
        }
        if (end == CloseReason.BREAKER_OPEN) {
            return "the circuit breaker of the Service is open";
        }
        StringJoiner why = new StringJoiner("; ");
        why.add(choice(choice));
        if (choice.eligible() > 0 && choice.selection() != Selection.EVERY_READY) {
            why.add(choice.selection().reason());
        }
        for (ConnectionDecision.Attempt attempt : decision.missed()) {
            why.add(attempt.address() + " " + attempt.outcome().label().replace('_', ' '));
        }
        return why.toString();
    }

    private static String choice(Choice choice) {
        if (choice.eligible() == 0) {
            return choice.selection().reason();
        }
        if (choice.bound()) {
            return "session affinity binds the client to it";
        }
        if (choice.trial()) {
            return "trial of an endpoint that was ejected";
        }
        if (choice.usable() == 0) {
            return "all " + choice.eligible() + " endpoints are ejected or on trial";
        }
        if (choice.panic()) {
            return choice.policy().text() + " among " + choice.usable()
                    + " endpoints, those too that are ejected: so many are that it is not believed";
        }
        int out = choice.eligible() - choice.usable();
        if (choice.usable() == 1) {
            return out == 0
                    ? "the only endpoint"
                    : "the only usable one of " + choice.eligible() + " endpoints; " + out + " ejected or on trial";
        }
        return choice.policy().text() + " among " + choice.usable()
                + (out == 0
                        ? " endpoints"
                        : " of " + choice.eligible() + " endpoints; " + out + " ejected or on trial");
    }
}
