package io.remora.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.remora.balancer.Outcome;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;

class CallOutcomeTest {

    private static final long MILLISECOND = 1_000_000;

    @Test
    void aDeadlineBelowTheUsualTimeSaysNothing() {
        assertThat(ofDeadline(2, 5)).isEqualTo(Outcome.CANCELLED);
        assertThat(ofDeadline(5, 5)).isEqualTo(Outcome.TIMEOUT);
        assertThat(CallOutcome.ofStream(Status.DEADLINE_EXCEEDED, false, MILLISECOND, -1))
                .isEqualTo(Outcome.TIMEOUT);
    }

    private static Outcome ofDeadline(long elapsedMillis, long usualMillis) {
        return CallOutcome.ofStream(
                Status.DEADLINE_EXCEEDED, false, elapsedMillis * MILLISECOND, usualMillis * MILLISECOND);
    }

    @Test
    void aLostConnectionIsAResetUnlessItWasClosedFromHere() {
        assertThat(CallOutcome.ofStream(Status.UNAVAILABLE, false, 0, -1)).isEqualTo(Outcome.RESET);
        assertThat(CallOutcome.ofStream(Status.UNAVAILABLE, true, 0, -1)).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void theServersOwnWordCounts() {
        assertThat(CallOutcome.ofTrailers(Status.OK)).isEqualTo(Outcome.SUCCESS);
        assertThat(CallOutcome.ofTrailers(Status.NOT_FOUND)).isEqualTo(Outcome.SUCCESS);
        assertThat(CallOutcome.ofTrailers(Status.INTERNAL)).isEqualTo(Outcome.SERVER_ERROR);
        assertThat(CallOutcome.ofTrailers(Status.DEADLINE_EXCEEDED)).isEqualTo(Outcome.SERVER_ERROR);
        assertThat(CallOutcome.ofStream(Status.CANCELLED, false, 0, -1)).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void aConnectFailsByItsCause() {
        assertThat(CallOutcome.ofConnect(Status.UNAVAILABLE.withCause(new ConnectException("Connection refused"))))
                .isEqualTo(Outcome.REFUSED);
        assertThat(CallOutcome.ofConnect(
                        Status.UNAVAILABLE.withCause(new ConnectException("connection timed out after 20000 ms"))))
                .isEqualTo(Outcome.TIMEOUT);
        assertThat(CallOutcome.ofConnect(Status.UNAVAILABLE)).isEqualTo(Outcome.UNREACHABLE);
    }
}
