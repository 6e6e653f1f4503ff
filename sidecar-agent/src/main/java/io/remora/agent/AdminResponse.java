package io.remora.agent;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.stream.ChunkedInput;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the admin server: either a body at hand or one that is made piece by piece as the client reads it.
 *
 * @param body the body, or what there is of it to say at once
 * @param pieces the body in pieces; null if it is at hand
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
record AdminResponse(
        HttpResponseStatus status,
        String contentType,
        byte[] body,
        @Nullable ChunkedInput<ByteBuf> pieces) {

    static final String TEXT = "text/plain; charset=utf-8";
    static final String JSON = "application/json";

    static AdminResponse text(HttpResponseStatus status, String text) {
        return new AdminResponse(
                status, TEXT, (text.endsWith("\n") ? text : text + "\n").getBytes(StandardCharsets.UTF_8), null);
    }

    static AdminResponse ok(String contentType, byte[] body) {
        return new AdminResponse(HttpResponseStatus.OK, contentType, body, null);
    }

    static AdminResponse json(HttpResponseStatus status, byte[] body) {
        return new AdminResponse(status, JSON, body, null);
    }

    static AdminResponse pieces(String contentType, ChunkedInput<ByteBuf> pieces) {
        return new AdminResponse(HttpResponseStatus.OK, contentType, new byte[0], pieces);
    }

    ByteBuf content() {
        return Unpooled.wrappedBuffer(body);
    }
}
