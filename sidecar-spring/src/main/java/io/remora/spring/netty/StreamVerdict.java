package io.remora.spring.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.AttributeKey;
import io.remora.balancer.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Whether the server said of a stream of HTTP/2 that it has not processed it (RFC 9113, 8.7), which Reactor Netty does not tell
 * apart from any other end: by {@code REFUSED_STREAM}, or by a {@code GOAWAY} whose last stream comes before. Written by the
 * channel's event loop, read by any thread.
 */
public final class StreamVerdict extends ChannelInboundHandlerAdapter {

    private static final AttributeKey<StreamVerdict> KEY = AttributeKey.valueOf(StreamVerdict.class, "verdict");

    private volatile @Nullable Outcome unprocessed;

    private StreamVerdict() {}

    /** Listens from now on; for a channel of HTTP/1.1 there is nothing to hear. Called before the request is sent. */
    public static void listen(Channel channel) {
        if (channel instanceof Http2StreamChannel) {
            StreamVerdict verdict = new StreamVerdict();
            channel.attr(KEY).set(verdict);
            channel.pipeline().addFirst(verdict);
        }
    }

    /**
     * Returns what it says of the endpoint that the request was surely not processed; null if it may have been. A server that
     * goes away in order has not failed.
     */
    public static @Nullable Outcome of(Channel channel) {
        StreamVerdict verdict = channel.attr(KEY).get();
        return verdict == null ? null : verdict.unprocessed;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof Http2ResetFrame reset && reset.errorCode() == Http2Error.REFUSED_STREAM.code()) {
            unprocessed = Outcome.REFUSED;
        }
        super.userEventTriggered(context, event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        if (unprocessed == null && isBeyondLastStream((Http2StreamChannel) context.channel())) {
            unprocessed = Outcome.CANCELLED;
        }
        super.channelInactive(context);
    }

    private static boolean isBeyondLastStream(Http2StreamChannel channel) {
        Http2FrameCodec codec = channel.parent().pipeline().get(Http2FrameCodec.class);
        if (codec == null) {
            return false;
        }
        Http2Connection connection = codec.connection();
        return connection.goAwayReceived()
                && channel.stream().id() > connection.local().lastStreamKnownByPeer();
    }
}
