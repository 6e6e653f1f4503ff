package io.remora.agent;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.stream.ChunkedInput;
import io.remora.agent.ServicesView.DestinationView;
import io.remora.agent.ServicesView.Matched;
import io.remora.agent.ServicesView.Totals;
import io.remora.agent.ServicesView.UnbalancedView;
import io.remora.registry.Destination;
import io.remora.registry.ServiceEntry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Function;

/**
 * A {@link ServicesView} as JSON, made while the client reads: a cluster's worth of it never stands in memory. Owned by
 * the connection's event loop.
 */
final class ServicesStream implements ChunkedInput<ByteBuf> {

    private static final int PIECE = 32 * 1024;

    private final StatusView status;
    private final Totals totals;
    private final Matched matched;
    private final Queue<Destination> destinations;
    private final Queue<ServiceEntry> unbalanced;
    private final Function<Destination, DestinationView> view;
    private final Function<ServiceEntry, UnbalancedView> unbalancedView;
    private long written;
    private Part part = Part.HEAD;
    private boolean first = true;

    ServicesStream(
            StatusView status,
            Totals totals,
            ServicesSelection selection,
            Function<Destination, DestinationView> view,
            Function<ServiceEntry, UnbalancedView> unbalancedView) {
        this.status = status;
        this.totals = totals;
        this.matched = selection.matched();
        this.destinations = new ArrayDeque<>(selection.destinations());
        this.unbalanced = new ArrayDeque<>(selection.unbalanced());
        this.view = view;
        this.unbalancedView = unbalancedView;
    }

    @Override
    public ByteBuf readChunk(ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer(PIECE);
        while (part != Part.END && out.readableBytes() < PIECE / 2) {
            step(out);
        }
        written += out.readableBytes();
        return out;
    }

    private void step(ByteBuf out) {
        switch (part) {
            case HEAD -> {
                text(out, "{\"status\":");
                Json.write(status, out);
                text(out, ",\n\"totals\":");
                Json.write(totals, out);
                text(out, ",\n\"matched\":");
                Json.write(matched, out);
                text(out, ",\n\"destinations\":[");
                part = Part.DESTINATIONS;
            }
            case DESTINATIONS -> {
                Destination next = destinations.poll();
                if (next != null) {
                    element(out, view.apply(next));
                } else {
                    text(out, "],\n\"unbalanced\":[");
                    part = Part.UNBALANCED;
                    first = true;
                }
            }
            case UNBALANCED -> {
                ServiceEntry next = unbalanced.poll();
                if (next != null) {
                    element(out, unbalancedView.apply(next));
                } else {
                    text(out, "]}\n");
                    part = Part.END;
                }
            }
            case END -> {}
        }
    }

    private void element(ByteBuf out, Object value) {
        text(out, first ? "\n" : ",\n");
        first = false;
        Json.write(value, out);
    }

    private static void text(ByteBuf out, String text) {
        out.writeCharSequence(text, StandardCharsets.US_ASCII);
    }

    @Override
    @Deprecated // as in the interface
    @SuppressWarnings("InlineMeSuggester")
    public ByteBuf readChunk(ChannelHandlerContext context) {
        return readChunk(context.alloc());
    }

    @Override
    public boolean isEndOfInput() {
        return part == Part.END;
    }

    @Override
    public long length() {
        return -1;
    }

    @Override
    public long progress() {
        return written;
    }

    @Override
    public void close() {
        destinations.clear();
        unbalanced.clear();
        part = Part.END;
    }

    private enum Part {
        HEAD,
        DESTINATIONS,
        UNBALANCED,
        END
    }
}
