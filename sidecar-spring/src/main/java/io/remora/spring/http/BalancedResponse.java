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
    private final AnsweredCall call;
    private @Nullable InputStream body;

    private BalancedResponse(ClientHttpResponse response, AnsweredCall call) {
        this.response = response;
        this.call = call;
    }

    static ClientHttpResponse of(ClientHttpResponse response, RequestAttempt attempt) throws IOException {
        try {
            return new BalancedResponse(
                    response, new AnsweredCall(attempt, response.getStatusCode().value()));
        } catch (IOException | RuntimeException e) { // a status that is none
            attempt.end(FailureOutcome.ofRequest(e));
            response.close();
            throw e;
        }
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
            held = new AnsweredBody(response.getBody(), call);
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
