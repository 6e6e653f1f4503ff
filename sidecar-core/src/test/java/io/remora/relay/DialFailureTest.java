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
        "113, UNREACHABLE", // EHOSTUNREACH: ICMP, or the neighbour is silent
        "101, UNREACHABLE", // ENETUNREACH, from a router
        "13, UNREACHABLE", // EACCES: ICMPv6, administratively prohibited
        "71, UNREACHABLE", // EPROTO: ICMPv6, parameter problem
        "104, RESET", // ECONNRESET: taken and reset
        "32, RESET", // EPIPE: taken, ended and reset
        "99, LOCAL_ERROR", // EADDRNOTAVAIL
        "105, LOCAL_ERROR", // ENOBUFS
        "12, LOCAL_ERROR", // ENOMEM
        "24, LOCAL_ERROR", // EMFILE
        "23, LOCAL_ERROR", // ENFILE
        "100, LOCAL_ERROR", // ENETDOWN
        "1, LOCAL_ERROR" // EPERM
    })
    void networksAnswerIsTheEndpointsAndOwnTroubleIsOurs(int errno, Outcome outcome) {
        assertThat(DialFailure.later(errno).outcome()).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({
        "111, REFUSED", // ECONNREFUSED: same machine
        "24, LOCAL_ERROR", // EMFILE
        "23, LOCAL_ERROR", // ENFILE
        "105, LOCAL_ERROR", // ENOBUFS
        "12, LOCAL_ERROR", // ENOMEM
        "99, LOCAL_ERROR", // EADDRNOTAVAIL: no ephemeral port
        "101, LOCAL_ERROR", // ENETUNREACH: no route
        "113, LOCAL_ERROR", // EHOSTUNREACH: an unreachable route
        "13, LOCAL_ERROR", // EACCES: a prohibiting route, a security module
        "1, LOCAL_ERROR", // EPERM: a cgroup's program
        "22, LOCAL_ERROR", // EINVAL: a black hole route
        "100, LOCAL_ERROR", // ENETDOWN
        "97, LOCAL_ERROR" // EAFNOSUPPORT: no IPv6 here
    })
    void whatTheSystemCallItselfSaysIsOursButForARefusal(int errno, Outcome outcome) {
        DialFailure failure =
                DialFailure.atOnce(new ConnectException("connect(..) failed with error(-" + errno + "): text"));
        assertThat(failure.errno()).isEqualTo(errno);
        assertThat(failure.outcome()).isEqualTo(outcome);
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
