package io.remora.spring.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.eclipse.jetty.client.Request;
import org.springframework.http.StreamingHttpOutputMessage.Body;

/**
 * Whether a request of Jetty got a connection. Jetty begins to read a body before it knows; with this it is read after that,
 * so that all of it is there for another endpoint.
 */
final class JettyConnect {

    private final CompletableFuture<Void> done = new CompletableFuture<>();

    JettyConnect(Request request) {
        request.onRequestBegin(begun -> done.complete(null));
        request.onComplete(result -> {
            Throwable failure = result.getFailure();
            if (failure == null) {
                done.complete(null);
            } else {
                done.completeExceptionally(failure);
            }
        });
    }

    /** Whether there was a connection. */
    boolean isDone() {
        return done.isDone() && !done.isCompletedExceptionally();
    }

    /** Jetty's connect timeout looks like that of a read. */
    ConnectException timedOut(SocketTimeoutException problem) {
        ConnectException connect = new ConnectException("connect timed out");
        connect.initCause(problem);
        return connect;
    }

    Body before(Body body) {
        return new Body() {
            @Override
            public void writeTo(OutputStream out) throws IOException {
                await();
                body.writeTo(out);
            }

            @Override
            public boolean repeatable() {
                return body.repeatable();
            }
        };
    }

    /** Ends by itself: Jetty bounds the time of a request, and completes it in any case. */
    private void await() throws IOException {
        try {
            done.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while a request connected");
            interrupted.initCause(e);
            throw interrupted;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException problem) {
                throw problem;
            }
            throw new IOException(e.getCause());
        }
    }
}
