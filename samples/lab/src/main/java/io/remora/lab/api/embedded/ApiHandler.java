package io.remora.lab.api.embedded;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** Answers the requests of one connection. Runs on the event loop. A write that fails closes its connection, which is seen there. */
@SuppressWarnings("FutureReturnValueIgnored")
final class ApiHandler extends SimpleChannelInboundHandler<Object> {
    private static final Logger LOGGER = System.getLogger(ApiHandler.class.getName());

    private final EmbeddedConfig config;
    private final Supplier<ServerState> current;

    ApiHandler(EmbeddedConfig config, Supplier<ServerState> current) {
        this.config = config;
        this.current = current;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
        if (message instanceof FullHttpRequest request) {
            answer(context, request);
        } else if (message instanceof PingWebSocketFrame ping) {
            context.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
        } else if (message instanceof CloseWebSocketFrame close) {
            context.writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
        } else if (!(message instanceof WebSocketFrame)) {
            context.close();
        }
    }

    private void answer(ChannelHandlerContext context, FullHttpRequest request) {
        QueryStringDecoder decoder = new QueryStringDecoder(request.uri());
        ServerState state = current.get();
        try {
            String path = decoder.path();
            if (path.equals("/readyz") || path.equals("/livez") || path.equals("/healthz")) {
                write(context, request, 200, "text/plain", "ok".getBytes(StandardCharsets.UTF_8));
                return;
            }
            if (!path.equals("/version")) {
                String header = request.headers().get(HttpHeaderNames.AUTHORIZATION);
                state.tokens().check(header == null ? "" : header);
            }
            Optional<ObjectNode> document = Discovery.document(path);
            if (document.isPresent()) {
                write(context, request, 200, document.get());
            } else if (path.equals("/metrics")) {
                byte[] text = state.metrics().text().getBytes(StandardCharsets.UTF_8);
                write(context, request, 200, "text/plain; version=0.0.4", text);
            } else if (path.equals("/lab/expire") && request.method().name().equals("POST")) {
                state.expire();
                write(context, request, 200, Json.object());
            } else {
                resource(context, request, decoder, state);
            }
        } catch (ApiFailure failure) {
            write(context, request, failure.code(), failure.status());
        }
    }

    private void resource(
            ChannelHandlerContext context, FullHttpRequest request, QueryStringDecoder decoder, ServerState state) {
        Target target = Target.parse(decoder.path());
        String verb = request.method().name();
        int code = 500;
        try {
            Query query = Query.of(decoder);
            if (verb.equals("GET") && query.flag("watch")) {
                verb = "WATCH";
                watch(context, request, target, query, state);
                code = 200;
                return;
            }
            Resources.Answer answer =
                    new Resources(state).answer(verb, target, query, mediaType(request), body(request));
            verb = answer.verb();
            code = answer.code();
            write(context, request, code, "application/json", answer.body().json());
        } catch (ApiFailure failure) {
            code = failure.code();
            throw failure;
        } finally {
            state.metrics().request(target, verb, code);
        }
    }

    private static String mediaType(FullHttpRequest request) {
        CharSequence type = HttpUtil.getMimeType(request);
        return type == null ? "application/json" : type.toString();
    }

    private static byte[] body(FullHttpRequest request) {
        return ByteBufUtil.getBytes(request.content());
    }

    private void watch(
            ChannelHandlerContext context, FullHttpRequest request, Target target, Query query, ServerState state) {
        if (config.tooOldAsHttp() && query.number("resourceVersion", 0) > 0) {
            state.store().changesAfter(query.number("resourceVersion", 0));
        }
        WatchSink sink = new WatchSink(context);
        WatchSession session = new WatchSession(state.store(), target, query, sink);
        sink.begin(request, () -> {
            state.opened(session);
            context.channel().closeFuture().addListener(closed -> {
                session.cancel();
                state.closed(session);
            });
            session.start(context.channel().eventLoop(), config.bookmarkInterval());
        });
    }

    private static void write(ChannelHandlerContext context, FullHttpRequest request, int code, ObjectNode body) {
        write(context, request, code, "application/json", Json.bytes(body));
    }

    private static void write(
            ChannelHandlerContext context, FullHttpRequest request, int code, String type, byte[] body) {
        ByteBuf content = Unpooled.wrappedBuffer(body);
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(code), content);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
        HttpUtil.setContentLength(response, body.length);
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        HttpUtil.setKeepAlive(response, keepAlive);
        var written = context.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A client that gives up, or that does not trust the certificate, is its own business.
        if (!(cause instanceof IOException) && !(cause instanceof DecoderException)) {
            LOGGER.log(Level.ERROR, "the embedded API server failed on a request", cause);
        }
        context.close();
    }
}
