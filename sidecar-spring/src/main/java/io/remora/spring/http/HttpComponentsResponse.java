package io.remora.spring.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.http.message.HttpResponseWrapper;
import org.jspecify.annotations.Nullable;

/** A response whose end ends the call: of its entity, where it has one. */
final class HttpComponentsResponse extends HttpResponseWrapper implements ClassicHttpResponse {

    private final ClassicHttpResponse response;
    private final AnsweredCall call;

    private HttpComponentsResponse(ClassicHttpResponse response, AnsweredCall call) {
        super(response);
        this.response = response;
        this.call = call;
    }

    static ClassicHttpResponse of(ClassicHttpResponse response, AnsweredCall call) {
        HttpEntity entity = response.getEntity();
        if (entity == null || !entity.isStreaming()) {
            call.completed();
            return response;
        }
        response.setEntity(new AnsweredEntity(entity, call));
        return new HttpComponentsResponse(response, call);
    }

    @Override
    public @Nullable HttpEntity getEntity() {
        return response.getEntity();
    }

    @Override
    public void setEntity(@Nullable HttpEntity entity) {
        response.setEntity(entity);
    }

    @Override
    public void close() throws IOException {
        try {
            response.close();
        } finally {
            call.closed();
        }
    }

    /** The entity as it was, but for its ends. */
    private static final class AnsweredEntity extends HttpEntityWrapper {

        private final AnsweredCall call;
        private @Nullable InputStream content;

        AnsweredEntity(HttpEntity entity, AnsweredCall call) {
            super(entity);
            this.call = call;
        }

        @Override
        public InputStream getContent() throws IOException {
            InputStream held = content;
            if (held == null) {
                held = new AnsweredBody(super.getContent(), getContentLength(), call);
                content = held;
            }
            return held;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            try {
                super.writeTo(out);
                call.completed();
            } catch (IOException | RuntimeException e) {
                call.failed(e);
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            try {
                super.close();
            } finally {
                call.closed();
            }
        }
    }
}
