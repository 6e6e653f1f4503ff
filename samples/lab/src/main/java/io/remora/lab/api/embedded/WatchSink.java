package io.remora.lab.api.embedded;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;

/**
 * Sends a watch's events as lines of a chunked answer, or as text frames when the client asked for a WebSocket.
 * A write that fails closes its connection, which ends the watch.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class WatchSink implements WatchSession.Sink {
    private static final byte[] NEWLINE = {'\n'};
    private static final int MAX_FRAME = 64 << 10;

    private final Channel channel;
    private boolean webSocket;

    WatchSink(ChannelHandlerContext context) {
        this.channel = context.channel();
    }

    /** Answers the request, and runs {@code ready} once events may follow. */
    void begin(FullHttpRequest request, Runnable ready) {
        if (!request.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
            HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
            HttpUtil.setTransferEncodingChunked(response, true);
            channel.writeAndFlush(response);
            ready.run();
            return;
        }
        webSocket = true;
        WebSocketServerHandshaker handshaker =
                new WebSocketServerHandshakerFactory(request.uri(), null, false, MAX_FRAME).newHandshaker(request);
        if (handshaker == null) {
            WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(channel);
            return;
        }
        handshaker.handshake(channel, request).addListener(done -> {
            if (done.isSuccess()) {
                ready.run();
            } else {
                channel.close();
            }
        });
    }

    @Override
    public void send(WatchEvent event) {
        if (webSocket) {
            channel.writeAndFlush(new TextWebSocketFrame(event.json()));
        } else {
            channel.writeAndFlush(
                    new DefaultHttpContent(Unpooled.wrappedBuffer(event.json(), Unpooled.wrappedBuffer(NEWLINE))));
        }
    }

    @Override
    public void end() {
        Object last = webSocket
                ? new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE)
                : LastHttpContent.EMPTY_LAST_CONTENT;
        channel.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
    }
}
