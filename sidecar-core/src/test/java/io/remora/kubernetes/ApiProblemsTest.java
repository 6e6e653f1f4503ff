package io.remora.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class ApiProblemsTest {

    private static final String SERVER = "https://10.96.0.1:443";

    private static String failed(Throwable failure) {
        return ApiProblems.failed(failure, SERVER);
    }

    private static <E extends Exception> E caused(E failure, Throwable cause) {
        failure.initCause(cause);
        return failure;
    }

    @Test
    void aRefusedConnectionIsSaidAlsoWhereTheClientSaysNothing() {
        String expected = "connection refused by https://10.96.0.1:443; is the API server running and reachable from"
                + " this pod?";
        assertThat(failed(caused(new ConnectException(), new ClosedChannelException())))
                .isEqualTo(expected);
        assertThat(failed(new ConnectException("Connection refused"))).isEqualTo(expected);
    }

    @Test
    void aNetworkThatLeadsNowhereIsSaidInItsOwnWords() {
        assertThat(failed(new ConnectException("Network is unreachable")))
                .isEqualTo("cannot connect to https://10.96.0.1:443: Network is unreachable");
        assertThat(failed(caused(new IOException(), new NoRouteToHostException("No route to host"))))
                .isEqualTo("cannot connect to https://10.96.0.1:443: No route to host");
    }

    @Test
    void anUnknownHostNameIsNotARefusedConnection() {
        String expected = "the host name of https://10.96.0.1:443 is unknown; check it, and the DNS of this pod";
        assertThat(failed(caused(new ConnectException(), new UnresolvedAddressException())))
                .isEqualTo(expected);
        assertThat(failed(new UnknownHostException("api"))).isEqualTo(expected);
    }

    @Test
    void timeOutsOfTheConnectionAndOfTheAnswerDiffer() {
        assertThat(failed(new HttpConnectTimeoutException("HTTP connect timed out")))
                .contains("no connection to " + SERVER)
                .contains("NetworkPolicy");
        assertThat(failed(new HttpTimeoutException("request timed out")))
                .startsWith("no complete answer from " + SERVER + " in time");
        assertThat(failed(new ApiAttempt.SilenceException("no answer", Duration.ofSeconds(15))))
                .startsWith("no answer for 15 s from " + SERVER);
    }

    @Test
    void whatIsWrongWithACertificateIsTold() {
        assertThat(failed(caused(
                        new SSLHandshakeException("PKIX path building failed: x: unable to find valid path"),
                        new CertificateException("PKIX path building failed"))))
                .startsWith("the certificate of " + SERVER + " is not trusted")
                .contains("ca.crt");
        String names = "No subject alternative names matching IP address 10.96.0.1 found";
        assertThat(failed(caused(new SSLHandshakeException(names), new CertificateException(names))))
                .isEqualTo("the certificate of " + SERVER + " is not for that host: " + names
                        + "; use an address that the certificate names");
        Exception expired = caused(
                new SSLHandshakeException("PKIX path validation failed: x: validity check failed"),
                new CertPathValidatorException(
                        "validity check failed", new CertificateExpiredException("NotAfter: yesterday")));
        assertThat(failed(expired))
                .startsWith("the certificate of " + SERVER + " is not valid now")
                .contains("clock");
    }

    @Test
    void tlsThatIsNoneOrFailsIsTold() {
        assertThat(failed(new SSLException("Unrecognized SSL message, plaintext connection?")))
                .isEqualTo(SERVER + " does not speak TLS; is it an address for http://?");
        assertThat(failed(new SSLHandshakeException("Received fatal alert: bad_certificate")))
                .isEqualTo("TLS with " + SERVER + " failed: Received fatal alert: bad_certificate");
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        assertThat(failed(new UncheckedIOException(
                        "cannot read the token /run/token", new NoSuchFileException("/run/token"))))
                .isEqualTo("cannot read the token /run/token: it is not there; is it mounted and readable?");
        assertThat(failed(new KubernetesClientException(
                        "An error has occurred.", new NoSuchFileException("/run/ca.crt"))))
                .isEqualTo("cannot read /run/ca.crt: it is not there; is it mounted and readable?");
    }

    @Test
    void whatAWrapperHidesIsSaid() {
        assertThat(failed(new KubernetesClientException(
                        "An error has occurred.", new CertificateException("Could not parse certificate"))))
                .contains("Could not parse certificate");
        IOException inner = new IOException("HTTP/1.1 header parser received no bytes", new EOFException());
        assertThat(failed(new IOException(inner.toString(), inner)))
                .isEqualTo("the connection to " + SERVER + " broke: HTTP/1.1 header parser received no bytes");
        assertThat(failed(new EOFException())).isEqualTo("the connection to " + SERVER + " broke");
    }

    @Test
    void anAnswerThatIsNoneAsksForTheAddress() {
        assertThat(failed(new SenselessAnswerException("the answer is no JSON; it begins with '<html>'")))
                .isEqualTo("the answer is no JSON; it begins with '<html>'; is " + SERVER
                        + " the address of a Kubernetes API server, or of a proxy?");
    }

    @Test
    void refusalsNameTheirFix() {
        assertThat(ApiProblems.refused(401, "", SERVER)).startsWith("401: the token was not accepted; is it");
        assertThat(ApiProblems.refused(401, "Unauthorized", SERVER))
                .startsWith("401: the token was not accepted (Unauthorized); is it");
        assertThat(ApiProblems.refused(403, "services is forbidden", SERVER))
                .isEqualTo("403: services is forbidden; grant get, list, watch on services and endpointslices (see"
                        + " docs/agent.md)");
        assertThat(ApiProblems.refused(404, "'404 page not found'", SERVER))
                .isEqualTo("404: '404 page not found'; is " + SERVER + " the address of a Kubernetes API server?");
        assertThat(ApiProblems.refused(503, "", SERVER)).startsWith("503; " + SERVER + " is in trouble");
        assertThat(ApiProblems.refused(429, "slow down", SERVER)).startsWith("429: slow down; ");
    }

    @Test
    void aLongMessageIsCutAndKeptOnOneLine() {
        assertThat(ApiProblems.refused(500, "a\n" + "b".repeat(1000), SERVER))
                .startsWith("500: a b")
                .hasSizeLessThan(450)
                .doesNotContain("\n");
    }
}
