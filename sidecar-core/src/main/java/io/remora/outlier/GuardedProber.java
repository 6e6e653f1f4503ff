package io.remora.outlier;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the prober when the first probe is sent. What it throws becomes a probe that says nothing: whoever sent it waits for
 * its end to send the next. Thread-safe.
 */
final class GuardedProber implements Prober {

    private static final Logger LOGGER = LoggerFactory.getLogger(GuardedProber.class);

    private final Supplier<? extends Prober> source;
    private @Nullable Prober prober; // guarded by this

    GuardedProber(Supplier<? extends Prober> source) {
        this.source = source;
    }

    @Override
    public void probe(
            ProbeConfig.Kind kind, InetSocketAddress address, String path, Duration timeout, Consumer<Result> result) {
        AtomicBoolean told = new AtomicBoolean();
        Consumer<Result> once = end -> {
            if (told.compareAndSet(false, true)) {
                result.accept(end);
            }
        };
        try {
            prober().probe(kind, address, path, timeout, once);
        } catch (RuntimeException | LinkageError e) { // the latter: a JVM without the module java.net.http
            LOGGER.atWarn().setCause(e).addKeyValue("endpoint", address).log("cannot probe");
            once.accept(Result.UNKNOWN);
        }
    }

    private synchronized Prober prober() {
        Prober known = prober;
        if (known == null) {
            known = source.get();
            prober = known;
        }
        return known;
    }

    @Override
    public synchronized void close() {
        if (prober != null) {
            prober.close();
        }
    }
}
