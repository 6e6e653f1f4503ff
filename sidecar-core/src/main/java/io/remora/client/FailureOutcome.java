package io.remora.client;

import io.remora.balancer.Outcome;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CancellationException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** What an exception of an HTTP client says of the endpoint that the request went to. Stateless. */
public final class FailureOutcome {

    /** Of HttpComponents and Reactor Netty: their pool has no connection to give. */
    private static final Set<String> NO_CONNECTION_LEFT = Set.of(
            "ConnectionRequestTimeoutException", "PoolAcquireTimeoutException", "PoolAcquirePendingLimitException");

    private FailureOutcome() {}

    /**
     * Whether it is the failure of a connect, so that nothing of the request was sent. A client library's own exceptions are
     * known by their simple names.
     */
    public static boolean isConnect(Throwable problem) {
        for (Throwable t = problem; t != null; t = t.getCause()) {
            if (t instanceof ConnectException
                    || t instanceof NoRouteToHostException
                    || t.getClass().getSimpleName().endsWith("ConnectTimeoutException")) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether it is a TLS handshake that failed. A server may ask for one in the middle of a request, so that nothing was sent
     * is known only to who knows that it was the first of a connection.
     */
    public static boolean isHandshake(Throwable problem) {
        for (Throwable t = problem; t != null; t = t.getCause()) {
            if (t instanceof SSLHandshakeException || t instanceof SSLPeerUnverifiedException) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether it is what the making of a connection fails with, from the connect to the end of the TLS handshake; not the
     * client's own trouble, and no time that is up for a request as a whole. It is also what a request fails with that was sent.
     */
    public static boolean isOfConnection(Throwable problem) {
        for (Throwable t = problem; t != null; t = t.getCause()) {
            if (isOwn(t) && !isNetworkUnreachable(t)) {
                return false;
            }
            if (t instanceof SSLException
                    || t instanceof SocketException
                    || t instanceof EOFException
                    || t instanceof ClosedChannelException
                    || t.getClass().getSimpleName().equals("PrematureCloseException")) {
                return true;
            }
        }
        return false;
    }

    /** Of a connection that could not be made, up to the end of its TLS handshake: nothing was sent. */
    public static Outcome ofConnect(Throwable problem) {
        for (Throwable t = problem; t != null; t = t.getCause()) {
            if (isOwn(t)) {
                return Outcome.LOCAL_ERROR;
            }
            if (t instanceof NoRouteToHostException) {
                return Outcome.UNREACHABLE;
            }
            if (t instanceof SocketTimeoutException || text(t).contains("timed out")) {
                return Outcome.TIMEOUT;
            }
            if (t instanceof ConnectException && text(t).contains("refused")) {
                return Outcome.REFUSED;
            }
            if (isCancelled(t)) {
                return Outcome.CANCELLED;
            }
        }
        return Outcome.UNREACHABLE;
    }

    /** Of a request that was sent, at least in part, and had no answer. */
    public static Outcome ofRequest(Throwable problem) {
        boolean io = false;
        for (Throwable t = problem; t != null; t = t.getCause()) {
            if (isOwn(t)) {
                return Outcome.LOCAL_ERROR;
            }
            if (t instanceof SocketTimeoutException || isTimeout(t)) {
                return Outcome.TIMEOUT;
            }
            if (isCancelled(t)) {
                return Outcome.CANCELLED;
            }
            io |= t instanceof IOException || isAborted(t); // what is behind it may say more
        }
        return io ? Outcome.RESET : Outcome.CANCELLED; // the latter of the application's own code
    }

    /** Reactor Netty's, of a connection that is closed already. */
    private static boolean isAborted(Throwable problem) {
        return problem.getClass().getSimpleName().equals("AbortedException");
    }

    private static boolean isTimeout(Throwable problem) {
        String name = problem.getClass().getSimpleName();
        return name.endsWith("TimeoutException");
    }

    private static boolean isCancelled(Throwable problem) {
        return problem instanceof CancellationException
                || problem instanceof InterruptedException
                || problem instanceof InterruptedIOException && !(problem instanceof SocketTimeoutException);
    }

    /** As a router or the own routes say it of one pod, while others may be reached. */
    private static boolean isNetworkUnreachable(Throwable problem) {
        return text(problem).contains("network is unreachable");
    }

    private static boolean isOwn(Throwable problem) {
        String text = text(problem);
        return NO_CONNECTION_LEFT.contains(problem.getClass().getSimpleName())
                || text.contains("too many open files")
                || text.contains("cannot assign requested address")
                || text.contains("no buffer space available")
                || isNetworkUnreachable(problem)
                || text.contains("operation not permitted");
    }

    private static String text(Throwable problem) {
        @Nullable String message = problem.getMessage();
        return message == null ? "" : message.toLowerCase(Locale.ROOT);
    }
}
