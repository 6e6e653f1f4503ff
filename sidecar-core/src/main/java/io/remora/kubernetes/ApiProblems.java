package io.remora.kubernetes;

import io.remora.kubernetes.ApiAttempt.SilenceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Says what is wrong with the API server's answer, or why there is none, so that a person can act on it: the cause, the
 * address and where to look. Stateless.
 */
final class ApiProblems {

    private static final int LONGEST_MESSAGE = 300;
    private static final int DEEPEST_CAUSE = 10;
    /** What fabric8 says of whatever it wraps. */
    private static final String SAYS_NOTHING = "An error has occurred.";

    private ApiProblems() {}

    /**
     * Says why the API server refused.
     *
     * @param code of the answer, or of an error within a watch
     * @param message as the API server gave it; empty if it gave none
     * @param server the API server's address
     */
    static String refused(int code, String message, String server) {
        String said = code + (message.isBlank() ? "" : ": " + oneLine(message));
        if (code == 401) {
            return "401: the token was not accepted" + (message.isBlank() ? "" : " (" + oneLine(message) + ")")
                    + "; is it of this cluster and not expired? Check the service account or the kubeconfig's user";
        }
        if (code == 403) {
            return said + "; grant get, list, watch on services and endpointslices (see docs/agent.md)";
        }
        if (code == 429) {
            return said + "; the API server asks for fewer requests";
        }
        if (code >= 500) {
            return said + "; " + server + " is in trouble or still starting";
        }
        if (code == 410) {
            return said + "; listing again";
        }
        return said + "; is " + server + " the address of a Kubernetes API server?";
    }

    /**
     * Says why there is no answer, or none that makes sense.
     *
     * @param server the API server's address
     */
    static String failed(Throwable failure, String server) {
        if (failure instanceof SilenceException) {
            return failure.getMessage() + " from " + server + "; is it overloaded, or are packets dropped on the way?";
        }
        if (failure instanceof SenselessAnswerException) {
            return failure.getMessage() + "; is " + server + " the address of a Kubernetes API server, or of a proxy?";
        }
        if (has(failure, UnresolvedAddressException.class) || has(failure, UnknownHostException.class)) {
            return "the host name of " + server + " is unknown; check it, and the DNS of this pod";
        }
        if (has(failure, HttpConnectTimeoutException.class)) {
            // This includes the TLS handshake, so also a server that accepts and then says nothing.
            return "no connection to " + server
                    + " in time; does a firewall or a NetworkPolicy drop it, or does the API server hang?";
        }
        if (has(failure, HttpTimeoutException.class)) {
            return "no complete answer from " + server + " in time; is it overloaded?";
        }
        SSLException tls = find(failure, SSLException.class);
        CertificateException certificate = find(failure, CertificateException.class);
        if (tls != null || certificate != null) {
            return tls(failure, certificate, server);
        }
        if (has(failure, ConnectException.class) || has(failure, NoRouteToHostException.class)) {
            String message = telling(failure);
            return message.isEmpty() || message.contains("refused")
                    ? "connection refused by " + server + "; is the API server running and reachable from this pod?"
                    : "cannot connect to " + server + ": " + message;
        }
        if (failure instanceof UncheckedIOException || has(failure, FileSystemException.class)) {
            return file(failure);
        }
        String message = telling(failure);
        if (failure instanceof IOException) {
            return "the connection to " + server + " broke" + (message.isEmpty() ? "" : ": " + message);
        }
        return message.isEmpty() ? "unexpected " + failure.getClass().getSimpleName() : message;
    }

    private static String tls(Throwable failure, @Nullable CertificateException certificate, String server) {
        String message = telling(failure);
        if (has(failure, CertificateExpiredException.class) || has(failure, CertificateNotYetValidException.class)) {
            return "the certificate of " + server + " is not valid now: " + message + "; renew it, and check the clock";
        }
        if (message.contains("PKIX path")) {
            return "the certificate of " + server + " is not trusted: the ca.crt of the service account, or the"
                    + " kubeconfig's certificate-authority, did not sign it. Is it the one of this cluster?";
        }
        if (certificate != null) {
            return "the certificate of " + server + " is not for that host: " + message
                    + "; use an address that the certificate names";
        }
        if (message.contains("plaintext") || message.contains("nrecognized SSL message")) {
            return server + " does not speak TLS; is it an address for http://?";
        }
        return "TLS with " + server + " failed: " + message;
    }

    private static String file(Throwable failure) {
        NoSuchFileException missing = find(failure, NoSuchFileException.class);
        FileSystemException any = find(failure, FileSystemException.class);
        String what = failure instanceof UncheckedIOException
                ? String.valueOf(failure.getMessage())
                : "cannot read " + (any == null ? "a file" : any.getFile());
        return what + (missing != null ? ": it is not there" : "") + "; is it mounted and readable?";
    }

    /** Returns the first message of a failure and its causes that says anything; empty if none does. */
    private static String telling(Throwable failure) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < DEEPEST_CAUSE; depth++) {
            String message = at.getMessage();
            Throwable cause = at.getCause();
            boolean onlyCause = cause != null && cause.toString().equals(message);
            if (message != null && !message.isBlank() && !message.equals(SAYS_NOTHING) && !onlyCause) {
                return oneLine(message);
            }
            at = cause;
        }
        return "";
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> type) {
        return find(failure, type) != null;
    }

    private static <E extends Throwable> @Nullable E find(Throwable failure, Class<E> type) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < DEEPEST_CAUSE; depth++) {
            if (type.isInstance(at)) {
                return type.cast(at);
            }
            at = at.getCause();
        }
        return null;
    }

    private static String oneLine(String message) {
        String line = message.strip().replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "...";
    }
}
