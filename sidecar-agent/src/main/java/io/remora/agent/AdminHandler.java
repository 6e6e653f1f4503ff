package io.remora.agent;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import io.remora.discovery.TransportAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the admin server. A request must arrive, and an answer be read, within a time; so a slow client holds
 * its own connection for a while and nothing else. The connection's event loop owns it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its channel
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger LOGGER = LoggerFactory.getLogger(AdminHandler.class);

    private final AdminRoutes routes;
    private final Duration requestTime;
    private final Duration responseTime;
    private @Nullable Future<?> deadline;

    /**
     * @param requestTime from the connect, or the end of the answer before, until a request is complete
     * @param responseTime until its answer was read
     */
    AdminHandler(AdminRoutes routes, Duration requestTime, Duration responseTime) {
        this.routes = routes;
        this.requestTime = requestTime;
        this.responseTime = responseTime;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        closeAfter(context, requestTime);
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stopDeadline();
        context.fireChannelInactive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        closeAfter(context, responseTime);
        AdminResponse response = request.decoderResult().isSuccess()
                ? respond(context.channel(), request)
                : AdminLimits.undecodable(request.decoderResult().cause());
        boolean keep = HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
        boolean head = request.method().name().equals("HEAD");
        if (response.later() == null) {
            answer(context, response, keep, head);
            return;
        }
        context.channel().config().setAutoRead(false); // the next request waits for its turn
        response.later()
                .whenComplete((told, problem) -> context.executor().execute(() -> {
                    answer(context, told == null ? AdminRoutes.failed(request.uri(), problem) : told, keep, head);
                    context.channel().config().setAutoRead(true);
                }));
    }

    private void answer(ChannelHandlerContext context, AdminResponse response, boolean keep, boolean head) {
        write(context, response, keep, head).addListener((ChannelFutureListener) done -> {
            if (!keep || !done.isSuccess()) {
                done.channel().close();
            } else {
                closeAfter(context, requestTime);
            }
        });
    }

    private AdminResponse respond(Channel channel, FullHttpRequest request) {
        String refusal = RequestOrigin.refusal(
                isLoopback(channel),
                request.headers().get(HttpHeaderNames.ORIGIN),
                request.headers().get(HttpHeaderNames.HOST));
        AdminRequest parsed;
        try {
            parsed = AdminRequest.of(
                    request.method().name(),
                    request.uri(),
                    request.content().readableBytes(),
                    request.headers().get(HttpHeaderNames.ACCEPT),
                    refusal);
        } catch (IllegalArgumentException e) {
            return AdminResponse.text(
                    HttpResponseStatus.BAD_REQUEST,
                    "the path or query has a malformed percent escape: write '%' and two hex digits, and '%' itself as"
                            + " %25");
        }
        return routes.respond(parsed);
    }

    private static ChannelFuture write(
            ChannelHandlerContext context, AdminResponse response, boolean keep, boolean head) {
        HttpResponse message;
        if (response.pieces() == null) {
            message = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, response.status(), head ? Unpooled.EMPTY_BUFFER : response.content());
            HttpUtil.setContentLength(message, response.body().length);
        } else {
            message = new DefaultHttpResponse(HttpVersion.HTTP_1_1, response.status());
            HttpUtil.setTransferEncodingChunked(message, true);
        }
        message.headers().set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
        message.headers().set("X-Content-Type-Options", "nosniff");
        if (response.contentType().equals(AdminResponse.HTML)) {
            message.headers().set(HttpHeaderNames.CONTENT_SECURITY_POLICY, WebPage.CONTENT_SECURITY_POLICY);
            message.headers().set(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT);
        }
        message.headers().set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        message.headers().set(HttpHeaderNames.CONNECTION, keep ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
        if (response.pieces() == null) {
            return context.writeAndFlush(message);
        }
        context.write(message);
        return context.writeAndFlush(new HttpChunkedInput(response.pieces()));
    }

    private static boolean isLoopback(Channel channel) {
        return TransportAddress.tcp(channel.remoteAddress()).ip().isLoopback();
    }

    private void closeAfter(ChannelHandlerContext context, Duration time) {
        stopDeadline();
        if (context.channel().isActive()) {
            deadline = context.executor().schedule(() -> context.close(), time.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void stopDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOGGER.atDebug().setCause(cause).log("admin connection failed");
        context.close();
    }
}
