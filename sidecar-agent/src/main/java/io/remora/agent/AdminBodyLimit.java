package io.remora.agent;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Makes one message of a request's parts, and tells the limit to whom its body is too long. */
final class AdminBodyLimit extends HttpObjectAggregator {

    AdminBodyLimit() {
        super(AdminLimits.BODY, true);
    }

    @Override
    protected @Nullable Object newContinueResponse(HttpMessage start, int maxContentLength, ChannelPipeline pipeline) {
        Object answer = super.newContinueResponse(start, maxContentLength, pipeline);
        boolean tooLarge = answer instanceof HttpResponse response
                && response.status().equals(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
        return tooLarge ? tooLong(false) : answer;
    }

    /** As in the superclass: a client that keeps its connection may send the rest of its body, which goes nowhere. */
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its channel
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
        boolean keep = HttpUtil.isKeepAlive(oversized);
        context.writeAndFlush(tooLong(keep))
                .addListener(keep ? ChannelFutureListener.CLOSE_ON_FAILURE : ChannelFutureListener.CLOSE);
    }

    private static FullHttpResponse tooLong(boolean keep) {
        AdminResponse answer = AdminLimits.bodyTooLong();
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(), answer.content());
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .set(HttpHeaderNames.CONNECTION, keep ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
        HttpUtil.setContentLength(response, answer.body().length);
        return response;
    }
}
