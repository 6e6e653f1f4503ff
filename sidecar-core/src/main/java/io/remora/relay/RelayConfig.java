package io.remora.relay;

import io.remora.discovery.IpAddress;
import java.time.Duration;
import java.util.List;

/**
 * Settings of the relay.
 *
 * @param listen where it listens
 * @param threads event loops, 1 to 128; each accepts for itself, and both sides of a connection stay on one
 * @param connect the connect ladder
 * @param hold how long an accepted connection may wait until its address is known, 0 to not wait; then it is passed
 *     through. Before the first sync the time counts from the relay's start
 * @param expiry when a connection that is relayed is ended
 * @param keepAlive TCP keep-alive of both sides
 * @param resetDelivery how long bytes that came before a reset may take to reach the other side before it is reset too
 * @param memory bytes that all connections together may hold for sides that do not read before the relay reads less at
 *     once, at least 1 MiB: 1 KiB from there on, 256 bytes from twice as much on
 * @param dscp type of service that a dial has until it is connected, so that the rules can tell it from the app's where
 *     both have one user: 1 to 63, or 0 for none
 */
public record RelayConfig(
        Listen listen,
        int threads,
        Connect connect,
        Duration hold,
        Expiry expiry,
        KeepAlive keepAlive,
        Duration resetDelivery,
        long memory,
        int dscp) {

    /** Both loopbacks on port 15001, an event loop per processor, hold 3 s, no idle timeout. */
    public static final RelayConfig DEFAULT = new RelayConfig(
            Listen.DEFAULT,
            Math.min(128, Runtime.getRuntime().availableProcessors()),
            Connect.DEFAULT,
            Duration.ofSeconds(3),
            Expiry.NEVER,
            KeepAlive.DEFAULT,
            Duration.ofSeconds(10),
            16 << 20,
            0);

    public RelayConfig {
        Problems problems = new Problems();
        if (threads < 1 || threads > 128) {
            problems.add("threads must be 1-128: " + threads);
        }
        problems.requireNotNegative(hold, "hold");
        problems.requirePositive(resetDelivery, "resetDelivery");
        if (memory < 1 << 20) {
            problems.add("memory must be at least 1048576 bytes: " + memory);
        }
        if (dscp < 0 || dscp > 63) {
            problems.add("dscp must be 0-63: " + dscp);
        }
        problems.throwIfAny();
    }

    /** Returns these settings with another place to listen. */
    public RelayConfig withListen(Listen other) {
        return new RelayConfig(other, threads, connect, hold, expiry, keepAlive, resetDelivery, memory, dscp);
    }

    /** Returns these settings with another number of event loops. */
    public RelayConfig withThreads(int other) {
        return new RelayConfig(listen, other, connect, hold, expiry, keepAlive, resetDelivery, memory, dscp);
    }

    /** Returns these settings with another connect ladder. */
    public RelayConfig withConnect(Connect other) {
        return new RelayConfig(listen, threads, other, hold, expiry, keepAlive, resetDelivery, memory, dscp);
    }

    /** Returns these settings with another hold time. */
    public RelayConfig withHold(Duration other) {
        return new RelayConfig(listen, threads, connect, other, expiry, keepAlive, resetDelivery, memory, dscp);
    }

    /** Returns these settings with other reasons to end a connection. */
    public RelayConfig withExpiry(Expiry other) {
        return new RelayConfig(listen, threads, connect, hold, other, keepAlive, resetDelivery, memory, dscp);
    }

    /** Returns these settings with another type of service. */
    public RelayConfig withDscp(int other) {
        return new RelayConfig(listen, threads, connect, hold, expiry, keepAlive, resetDelivery, memory, other);
    }

    /**
     * Where the relay listens.
     *
     * @param addresses addresses of this machine; one that it does not have is a log line, if another is there
     * @param port 1 to 65535, or 0 to let the kernel choose one
     * @param backlog connections that may wait to be accepted, on each address; the kernel caps it at
     *     {@code net.core.somaxconn}
     */
    public record Listen(List<IpAddress> addresses, int port, int backlog) {

        /** Where REDIRECT in OUTPUT lands. */
        public static final Listen DEFAULT =
                new Listen(List.of(IpAddress.parse("127.0.0.1"), IpAddress.parse("::1")), 15001, 4096);

        public Listen {
            addresses = List.copyOf(addresses);
            Problems problems = new Problems();
            if (addresses.isEmpty()) {
                problems.add("listen.addresses must name one address at least");
            }
            if (port < 0 || port > 65535) {
                problems.add("listen.port must be 0-65535: " + port);
            }
            if (backlog < 1) {
                problems.add("listen.backlog must be at least 1: " + backlog);
            }
            problems.throwIfAny();
        }

        /** Returns these settings with another port. */
        public Listen withPort(int other) {
            return new Listen(addresses, other, backlog);
        }
    }

    /**
     * The connect ladder. There is one attempt more than there are steps; the last ones are left to the kernel's own
     * time-out.
     *
     * @param steps how long to wait after the n-th attempt began before the next one begins, while those before stay open
     * @param failFast an attempt that was open for so long counts as a time-out of its endpoint when another one is
     *     faster; also how long a connection may wait for a file descriptor or memory of ours
     */
    public record Connect(List<Duration> steps, Duration failFast) {

        /** 250 ms, 500 ms, 1 s; 3 s. */
        public static final Connect DEFAULT = new Connect(
                List.of(Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1)), Duration.ofSeconds(3));

        public Connect {
            steps = List.copyOf(steps);
            Problems problems = new Problems();
            for (Duration step : steps) {
                problems.requirePositive(step, "connect.steps");
            }
            problems.requirePositive(failFast, "connect.failFast");
            problems.throwIfAny();
        }

        /** The most attempts for one connection. */
        public int maxAttempts() {
            return steps.size() + 1;
        }
    }

    /**
     * When a connection that is relayed is ended although both sides keep it.
     *
     * @param idle once no byte moved for so long; 0 is never
     * @param goneEndpoint once its endpoint has been gone from the Service for so long; 0 is never
     */
    public record Expiry(Duration idle, Duration goneEndpoint) {

        /** Nothing is ended, as without a relay. */
        public static final Expiry NEVER = new Expiry(Duration.ZERO, Duration.ZERO);

        public Expiry {
            Problems problems = new Problems();
            problems.requireNotNegative(idle, "expiry.idle");
            problems.requireNotNegative(goneEndpoint, "expiry.goneEndpoint");
            problems.throwIfAny();
        }
    }

    /**
     * TCP keep-alive (tcp(7)).
     *
     * @param idle time without traffic before the first probe (TCP_KEEPIDLE), 1 s to 32767 s; the first one to an endpoint
     *     may come up to ten seconds later
     * @param interval between probes (TCP_KEEPINTVL), 1 s to 32767 s
     * @param probes unanswered ones before the connection is given up (TCP_KEEPCNT), 1 to 127
     */
    public record KeepAlive(Duration idle, Duration interval, int probes) {

        /** 180 s, 180 s, 9. */
        public static final KeepAlive DEFAULT = new KeepAlive(Duration.ofMinutes(3), Duration.ofMinutes(3), 9);

        private static final long MAX_SECONDS = 32767;

        public KeepAlive {
            Problems problems = new Problems();
            requireSeconds(idle, "keepAlive.idle", problems);
            requireSeconds(interval, "keepAlive.interval", problems);
            if (probes < 1 || probes > 127) {
                problems.add("keepAlive.probes must be 1-127: " + probes);
            }
            problems.throwIfAny();
        }

        private static void requireSeconds(Duration value, String name, Problems problems) {
            if (value.toSeconds() < 1 || value.toSeconds() > MAX_SECONDS) {
                problems.add(name + " must be 1-" + MAX_SECONDS + " s: " + value);
            }
        }
    }
}
