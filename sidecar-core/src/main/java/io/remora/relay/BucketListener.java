package io.remora.relay;

import io.remora.discovery.TransportAddress;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Listens for one bucket of addresses, or does not, so that the kernel refuses them. One event loop owns it. */
final class BucketListener {

    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    private final RelayWorker worker;
    private final TransportAddress address;
    private final int bucket;
    private @Nullable Acceptor acceptor;
    private boolean wanted = true;
    private boolean retrying;

    BucketListener(RelayWorker worker, TransportAddress address, int bucket) {
        this.worker = worker;
        this.address = address;
        this.bucket = bucket;
    }

    RelayWorker worker() {
        return worker;
    }

    /** @param socket listens already; null if the port could not be had */
    void start(@Nullable TcpSocket socket) {
        if (socket == null) {
            retryLater();
        } else if (wanted) {
            accept(socket);
        } else {
            socket.close(false);
        }
    }

    /** Opens or closes the bucket. What waits in the kernel's queue is accepted before it closes. */
    void set(boolean open) {
        wanted = open;
        if (open && acceptor == null) {
            listen();
        } else if (!open && acceptor != null) {
            Acceptor closing = acceptor;
            acceptor = null;
            closing.drainAndClose();
        }
    }

    private void listen() {
        TcpSocket socket;
        try {
            socket = Listening.listenAlone(address, worker.config());
        } catch (IOException e) {
            if (worker.context().troubles().allows()) {
                worker.context()
                        .logger()
                        .atWarn()
                        .addKeyValue("address", address)
                        .addKeyValue("cause", e.getMessage())
                        .log("cannot listen again on one of remora.refusal-ports, trying on: free it, or choose others"
                                + " for the agent and the init step alike");
            }
            retryLater();
            return;
        }
        accept(socket);
    }

    private void accept(TcpSocket socket) {
        Acceptor made = new Acceptor(worker, socket, address.ip().family(), bucket);
        acceptor = made;
        worker.listen(made);
    }

    private void retryLater() {
        if (!retrying) {
            retrying = true;
            worker.schedule(this::retry, RETRY_NANOS);
        }
    }

    private void retry() {
        retrying = false;
        if (wanted && acceptor == null && !worker.isClosed()) {
            listen();
        }
    }
}
