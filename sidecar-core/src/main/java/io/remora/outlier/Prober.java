package io.remora.outlier;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;

/** Sends probes. Thread-safe. */
public interface Prober extends AutoCloseable {

    /**
     * Sends one probe.
     *
     * @param path of an HTTP probe; of no meaning for one of TCP
     * @param result hears the end exactly once, within about the timeout
     */
    void probe(
            ProbeConfig.Kind kind, InetSocketAddress address, String path, Duration timeout, Consumer<Result> result);

    @Override
    void close();

    /** How a probe ended. */
    enum Result {
        HEALTHY,
        UNHEALTHY,
        /** Our own trouble: it says nothing of the endpoint. */
        UNKNOWN
    }
}
