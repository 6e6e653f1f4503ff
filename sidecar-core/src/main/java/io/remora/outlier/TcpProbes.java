package io.remora.outlier;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects and closes. Thread-safe. */
final class TcpProbes implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(TcpProbes.class);

    private final AsynchronousChannelGroup group =
            AsynchronousChannelGroup.withFixedThreadPool(1, ProbeThreads.named("remora-tcp-probes"));

    TcpProbes() throws IOException {}

    /**
     * Begins one connect. The socket is closed when the result is complete, by whomever.
     *
     * @throws IOException if there is no socket: our own trouble
     */
    @SuppressWarnings("FutureReturnValueIgnored") // it only follows
    CompletableFuture<Void> connect(InetSocketAddress address) throws IOException {
        AsynchronousSocketChannel channel = AsynchronousSocketChannel.open(group);
        CompletableFuture<Void> connected = new CompletableFuture<>();
        connected.whenComplete((done, problem) -> close(channel));
        CompletionHandler<Void, Object> end = new CompletionHandler<>() {
            @Override
            public void completed(Void nothing, Object attachment) {
                connected.complete(null);
            }

            @Override
            public void failed(Throwable problem, Object attachment) {
                connected.completeExceptionally(problem);
            }
        };
        try {
            channel.connect(address, null, end);
        } catch (RuntimeException e) { // an address that no socket can take
            connected.completeExceptionally(e);
        }
        return connected;
    }

    private static void close(AsynchronousSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOGGER.atDebug().setCause(e).log("cannot close the socket of a probe");
        }
    }

    @Override
    public void close() {
        try {
            group.shutdownNow();
        } catch (IOException e) {
            LOGGER.atDebug().setCause(e).log("cannot close the sockets of probes");
        }
    }
}
