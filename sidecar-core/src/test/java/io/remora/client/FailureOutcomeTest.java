package io.remora.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.Outcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureOutcomeTest {

    static Stream<Arguments> connects() {
        return Stream.of(
                Arguments.of(new ConnectException("Connection refused"), Outcome.REFUSED),
                Arguments.of(
                        new IOException(new ConnectException("Connection refused: pod/10.0.0.1")), Outcome.REFUSED),
                Arguments.of(new ConnectException("Connection timed out"), Outcome.TIMEOUT),
                Arguments.of(new SocketTimeoutException("Connect timed out"), Outcome.TIMEOUT),
                Arguments.of(new NoRouteToHostException("No route to host"), Outcome.UNREACHABLE),
                Arguments.of(new BindException("Cannot assign requested address"), Outcome.LOCAL_ERROR),
                Arguments.of(new SocketException("Too many open files"), Outcome.LOCAL_ERROR),
                Arguments.of(new CancellationException(), Outcome.CANCELLED),
                Arguments.of(new SSLHandshakeException("certificate_unknown"), Outcome.UNREACHABLE),
                Arguments.of(new SSLHandshakeException("handshake timed out after 10000ms"), Outcome.TIMEOUT),
                Arguments.of(new IOException("something"), Outcome.UNREACHABLE));
    }

    @ParameterizedTest
    @MethodSource("connects")
    void ofAConnect(Throwable problem, Outcome outcome) {
        assertThat(FailureOutcome.ofConnect(problem)).isEqualTo(outcome);
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of(new SocketException("Connection reset"), Outcome.RESET),
                Arguments.of(new IOException("premature end"), Outcome.RESET),
                Arguments.of(new SocketTimeoutException("Read timed out"), Outcome.TIMEOUT),
                Arguments.of(new RuntimeException(new TimeoutException()), Outcome.TIMEOUT),
                Arguments.of(new InterruptedIOException(), Outcome.CANCELLED),
                Arguments.of(new IllegalStateException("of the application"), Outcome.CANCELLED),
                Arguments.of(new PoolAcquireTimeoutException(), Outcome.LOCAL_ERROR),
                Arguments.of(new IOException("wrapped", new PoolAcquireTimeoutException()), Outcome.LOCAL_ERROR),
                Arguments.of(new IOException("wrapped", new InterruptedException()), Outcome.CANCELLED),
                Arguments.of(new IOException("wrapped", new TimeoutException()), Outcome.TIMEOUT),
                Arguments.of(new IOException("No buffer space available"), Outcome.LOCAL_ERROR));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void ofARequest(Throwable problem, Outcome outcome) {
        assertThat(FailureOutcome.ofRequest(problem)).isEqualTo(outcome);
    }

    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of(new ConnectException("Connection refused"), true),
                Arguments.of(new RuntimeException(new NoRouteToHostException()), true),
                Arguments.of(new HttpConnectTimeoutException(), true),
                Arguments.of(new SocketTimeoutException("Read timed out"), false),
                Arguments.of(new SocketException("Connection reset"), false),
                Arguments.of(new IOException("no answer"), false));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void tellsAConnectThatFailedFromARequestThatMayHaveBeenSent(Throwable problem, boolean connect) {
        assertThat(FailureOutcome.isConnect(problem)).isEqualTo(connect);
    }

    @Test
    void tellsAHandshakeFromOtherTroubleOfTls() {
        assertThat(FailureOutcome.isHandshake(new IOException(new SSLHandshakeException("expired"))))
                .isTrue();
        assertThat(FailureOutcome.isHandshake(new SSLPeerUnverifiedException("another name")))
                .isTrue();
        assertThat(FailureOutcome.isHandshake(new SSLException("closing inbound before receiving peer's close_notify")))
                .isFalse();
        assertThat(FailureOutcome.isHandshake(new SocketException("Connection reset")))
                .isFalse();
    }

    @Test
    void tellsAConnectionThatCouldNotBeMadeFromTheClientsOwnTrouble() {
        assertThat(FailureOutcome.isOfConnection(new SSLException("not TLS"))).isTrue();
        assertThat(FailureOutcome.isOfConnection(new IOException(new ClosedChannelException())))
                .isTrue();
        assertThat(FailureOutcome.isOfConnection(new SocketException("Connection reset")))
                .isTrue();
        assertThat(FailureOutcome.isOfConnection(new SocketException("Too many open files")))
                .isFalse();
        assertThat(FailureOutcome.isOfConnection(new IOException(new PoolAcquireTimeoutException())))
                .isFalse();
        assertThat(FailureOutcome.isOfConnection(new SocketTimeoutException("Read timed out")))
                .isFalse();
        assertThat(FailureOutcome.isOfConnection(new InterruptedIOException())).isFalse();
    }

    /** As a client library may call its own. */
    private static final class HttpConnectTimeoutException extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** As Reactor Netty calls it when its pool has no connection left. */
    private static final class PoolAcquireTimeoutException extends TimeoutException {
        private static final long serialVersionUID = 1;
    }

    @Test
    void anUnreachableNetworkIsAConnectThatFailedAndNoFaultOfTheEndpoint() {
        SocketException problem = new SocketException("Network is unreachable");

        assertThat(FailureOutcome.isOfConnection(problem)).isTrue();
        assertThat(FailureOutcome.ofConnect(problem)).isEqualTo(Outcome.LOCAL_ERROR);
        assertThat(FailureOutcome.isOfConnection(new SocketException("Too many open files")))
                .isFalse();
    }
}
