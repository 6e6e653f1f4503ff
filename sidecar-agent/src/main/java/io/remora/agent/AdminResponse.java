package io.remora.agent;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.stream.ChunkedInput;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the admin server: a body at hand, one that is made piece by piece as the client reads it, or the promise of
 * an answer.
 *
 * @param body the body, or what there is of it to say at once
 * @param pieces the body in pieces; null if it is at hand
 * @param later what is answered instead, once it is there; null if this is the answer
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
record AdminResponse(
        HttpResponseStatus status,
        String contentType,
        byte[] body,
        @Nullable ChunkedInput<ByteBuf> pieces,
        @Nullable CompletionStage<AdminResponse> later) {

    static final String HTML = "text/html; charset=utf-8";
    static final String TEXT = "text/plain; charset=utf-8";
    static final String JSON = "application/json";

    static AdminResponse text(HttpResponseStatus status, String text) {
        return new AdminResponse(
                status, TEXT, (text.endsWith("\n") ? text : text + "\n").getBytes(StandardCharsets.UTF_8), null, null);
    }

    static AdminResponse ok(String contentType, byte[] body) {
        return new AdminResponse(HttpResponseStatus.OK, contentType, body, null, null);
    }

    static AdminResponse json(HttpResponseStatus status, byte[] body) {
        return new AdminResponse(status, JSON, body, null, null);
    }

    static AdminResponse pieces(String contentType, ChunkedInput<ByteBuf> pieces) {
        return new AdminResponse(HttpResponseStatus.OK, contentType, new byte[0], pieces, null);
    }

    /** @param answer completed soon, on any thread; not another promise */
    static AdminResponse later(CompletionStage<AdminResponse> answer) {
        return new AdminResponse(HttpResponseStatus.OK, TEXT, new byte[0], null, answer);
    }

    ByteBuf content() {
        return Unpooled.wrappedBuffer(body);
    }
}
