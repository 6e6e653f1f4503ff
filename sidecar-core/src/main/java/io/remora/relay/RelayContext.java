package io.remora.relay;

import io.remora.balancer.BalancerRegistry;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Ticker;
import io.remora.registry.HoldWindow;
import io.remora.registry.ServiceRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;

/**
 * What all event loops of a relay share. Thread-safe.
 *
 * @param createdNanos when the relay was made
 * @param ids numbers the connections
 * @param listening the relay's own addresses
 * @param holdWindow how long connections wait for look-ups once the source has told the first time
 * @param refusal which connections the kernel refuses
 * @param troubles limits the lines about connections that the relay cannot serve
 */
record RelayContext(
        RelayConfig config,
        ServiceRegistry registry,
        BalancerRegistry balancers,
        RelayListener listener,
        OriginalAddress originalAddress,
        Ticker ticker,
        long createdNanos,
        Supplier<? extends RandomGenerator> random,
        Logger logger,
        AtomicLong ids,
        Set<TransportAddress> listening,
        OwnDials ownDials,
        ConnectionDrainer drainer,
        Descriptors descriptors,
        HoldWindow holdWindow,
        RefusalBuckets refusal,
        LogLimiter troubles) {

    static RelayContext of(
            RelayConfig config,
            ServiceRegistry registry,
            BalancerRegistry balancers,
            RelayListener listener,
            RefusalBuckets refusal,
            OriginalAddress originalAddress,
            Ticker ticker,
            Supplier<? extends RandomGenerator> random,
            Logger logger) {
        return new RelayContext(
                config,
                registry,
                balancers,
                guarded(listener, logger, new LogLimiter(ticker)),
                originalAddress,
                ticker,
                ticker.read(),
                random,
                logger,
                new AtomicLong(),
                ConcurrentHashMap.newKeySet(),
                new OwnDials(),
                new ConnectionDrainer(),
                Descriptors.ofProcess(),
                new HoldWindow(config.hold().toNanos()),
                refusal,
                new LogLimiter(ticker));
    }

    private static RelayListener guarded(RelayListener listener, Logger logger, LogLimiter limiter) {
        return listener instanceof RelayListeners several
                ? several.guarded(each -> new GuardedListener(each, logger, limiter))
                : new GuardedListener(listener, logger, limiter);
    }

    /** Whether the relay itself listens on an address. */
    boolean isOwn(TransportAddress address) {
        if (listening.contains(address)) {
            return true;
        }
        RefusalConfig hashed = refusal.config();
        return hashed.enabled()
                && hashed.holds(address.port())
                && listening.stream().anyMatch(own -> own.ip().equals(address.ip()));
    }

    /** Whether connections wait for the source to tell the first time; once it is false it stays so. */
    boolean isHolding() {
        return !registry.snapshot().synced() && firstHoldNanos() > 0;
    }

    /**
     * How long connections may wait from now on while the source has not told the first time: all of them together for the
     * hold time once, so that an API server that is away delays a pod by that and no more.
     */
    long firstHoldNanos() {
        return Math.max(0, createdNanos + config.hold().toNanos() - ticker.read());
    }
}
