package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.Outcome;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is to blame for a connect that failed. */
class DialFailureTest {

    @ParameterizedTest
    @CsvSource({
        "111, REFUSED", // ECONNREFUSED
        "110, TIMEOUT", // ETIMEDOUT
        "113, UNREACHABLE", // EHOSTUNREACH
        "101, UNREACHABLE", // ENETUNREACH, from a router
        "104, UNREACHABLE", // ECONNRESET
        "99, LOCAL_ERROR", // EADDRNOTAVAIL
        "105, LOCAL_ERROR" // ENOBUFS
    })
    void networksAnswerIsTheEndpointsAndOwnTroubleIsOurs(int errno, Outcome outcome) {
        assertThat(DialFailure.later(errno).outcome()).isEqualTo(outcome);
    }

    @Test
    void missingRouteIsOurs() {
        DialFailure failure = DialFailure.atOnce(new NoRouteToHostException());
        assertThat(failure.outcome()).isEqualTo(Outcome.LOCAL_ERROR);
        assertThat(failure.exhausted()).isFalse();
    }

    @Test
    void numberIsFoundInTheTextOfAConnectException() {
        // The text of io.netty.channel.unix.Errors.
        DialFailure failure = DialFailure.atOnce(
                new ConnectException("connect(..) failed with error(-99): Cannot assign requested address"));
        assertThat(failure.errno()).isEqualTo(Errno.EADDRNOTAVAIL);
        assertThat(failure.outcome()).isEqualTo(Outcome.LOCAL_ERROR);
        assertThat(failure.exhausted()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"24, true", "23, true", "105, true", "12, true", "99, false"})
    void whatComesBackWhenConnectionsEndIsWaitedFor(int errno, boolean exhausted) {
        DialFailure failure =
                DialFailure.atOnce(new ConnectException("connect(..) failed with error(-" + errno + "): text"));
        assertThat(failure.outcome()).isEqualTo(Outcome.LOCAL_ERROR);
        assertThat(failure.exhausted()).isEqualTo(exhausted);
    }
}
