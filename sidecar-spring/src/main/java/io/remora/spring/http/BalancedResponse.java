package io.remora.spring.http;

import io.remora.client.FailureOutcome;
import io.remora.client.RequestAttempt;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/** A response whose end ends the call. */
final class BalancedResponse implements ClientHttpResponse {

    private final ClientHttpResponse response;
    private final long length;
    private final AnsweredCall call;
    private @Nullable InputStream body;

    private BalancedResponse(ClientHttpResponse response, long length, AnsweredCall call) {
        this.response = response;
        this.length = length;
        this.call = call;
    }

    static ClientHttpResponse of(ClientHttpResponse response, RequestAttempt attempt) throws IOException {
        try {
            AnsweredCall call =
                    new AnsweredCall(attempt, response.getStatusCode().value());
            long length = length(response);
            if (length == 0) {
                call.completed();
            }
            return new BalancedResponse(response, length, call);
        } catch (IOException | RuntimeException e) { // a status that is none
            attempt.end(FailureOutcome.ofRequest(e));
            response.close();
            throw e;
        }
    }

    /** How many bytes the body has; negative if that is not known, as where the client takes a compression off. */
    private static long length(ClientHttpResponse response) throws IOException {
        int status = response.getStatusCode().value();
        if (status == 204 || status == 304) { // RFC 9110, 6.4.1
            return 0;
        }
        HttpHeaders headers = response.getHeaders();
        return headers.containsHeader(HttpHeaders.CONTENT_ENCODING) ? -1 : headers.getContentLength();
    }

    @Override
    public HttpStatusCode getStatusCode() throws IOException {
        return response.getStatusCode();
    }

    @Override
    public String getStatusText() throws IOException {
        return response.getStatusText();
    }

    @Override
    public HttpHeaders getHeaders() {
        return response.getHeaders();
    }

    @Override
    public InputStream getBody() throws IOException {
        InputStream held = body;
        if (held == null) {
            held = new AnsweredBody(response.getBody(), length, call);
            body = held;
        }
        return held;
    }

    @Override
    public void close() {
        try {
            response.close();
        } finally {
            call.closed();
        }
    }
}
