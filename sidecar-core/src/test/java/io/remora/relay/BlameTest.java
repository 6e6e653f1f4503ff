package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the end of a connection says about its endpoint. */
class BlameTest {

    @ParameterizedTest
    @CsvSource({
        // reason, answered, client ended first
        "COMPLETED,      true,  true,  SUCCESS",
        "COMPLETED,      false, true,  SUCCESS", // a server that only takes
        "COMPLETED,      false, false, SUCCESS",
        "UPSTREAM_RESET, false, false, RESET",
        "UPSTREAM_RESET, true,  false, SUCCESS",
        "UPSTREAM_RESET, false, true,  CANCELLED", // perhaps because the client was gone
        "UPSTREAM_RESET, true,  true,  SUCCESS",
        "CLIENT_RESET,   false, false, CANCELLED", // it may have waited in vain, or not at all
        "CLIENT_RESET,   true,  false, SUCCESS",
        "IDLE_TIMEOUT,   false, false, CANCELLED",
        "IDLE_TIMEOUT,   true,  false, SUCCESS",
        "ENDPOINT_GONE,  false, false, CANCELLED",
        "ENDPOINT_GONE,  true,  false, SUCCESS",
        "SHUTDOWN,       false, false, CANCELLED",
        "SHUTDOWN,       true,  false, SUCCESS",
        "LOCAL_ERROR,    false, false, LOCAL_ERROR",
        "LOCAL_ERROR,    true,  false, LOCAL_ERROR",
        "LOOP,           false, false, LOCAL_ERROR"
    })
    void endOfARelayedConnection(CloseReason reason, boolean answered, boolean clientEnded, Outcome outcome) {
        assertThat(Blame.relayed(reason, answered, clientEnded)).isEqualTo(outcome);
    }

    @ParameterizedTest
    @EnumSource
    void onlyAResetOfTheEndpointIsItsFailureOnceItIsRelayed(CloseReason reason) {
        assertThat(Blame.relayed(reason, false, false).isEndpointFailure())
                .isEqualTo(reason == CloseReason.UPSTREAM_RESET);
        assertThat(Blame.relayed(reason, true, false).isEndpointFailure()).isFalse();
        assertThat(Blame.relayed(reason, false, true).isEndpointFailure()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void onlyFailedConnectsAreTheDestinationsBefore(CloseReason reason) {
        assertThat(Blame.unconnected(reason).isEndpointFailure()).isEqualTo(reason == CloseReason.CONNECT_FAILED);
    }

    @Test
    void nothingIsASuccessBeforeAnEndpointTookTheConnection() {
        for (CloseReason reason : CloseReason.values()) {
            assertThat(Blame.unconnected(reason)).isNotEqualTo(Outcome.SUCCESS);
        }
    }
}
