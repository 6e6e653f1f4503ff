package io.remora.samples.caller;

import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletionException;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/** Reads what went wrong with a call. */
final class Failure {
    private Failure() {}

    /** Few words, the same for all failures of a kind: a status, or the class of the first cause. */
    static String kind(Throwable problem) {
        Throwable cause = problem;
        while (true) {
            if (cause instanceof RestClientResponseException response) {
                return "HTTP " + response.getStatusCode().value();
            }
            if (cause instanceof WebClientResponseException response) {
                return "HTTP " + response.getStatusCode().value();
            }
            if (cause instanceof StatusRuntimeException status) {
                return status.getStatus().getCode().name();
            }
            if (cause instanceof StatusException status) {
                return status.getStatus().getCode().name();
            }
            Throwable next = cause.getCause();
            if (next == null || next == cause) {
                return cause.getClass().getSimpleName();
            }
            cause = next;
        }
    }

    /** The whole chain of causes. */
    static String text(Throwable problem) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = problem; cause != null && text.length() < 1000; cause = cause.getCause()) {
            if (!(cause instanceof CompletionException)) {
                text.append(text.isEmpty() ? "" : " < ").append(cause);
            }
        }
        return text.toString();
    }
}
