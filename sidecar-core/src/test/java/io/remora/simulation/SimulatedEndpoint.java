package io.remora.simulation;

import io.remora.discovery.Endpoint;
import io.remora.internal.VirtualClock;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;

/** A pod: a queue in the order of arrival before a few workers, whose service times are what the request brings times its pace. */
final class SimulatedEndpoint {

    private final int index;
    private final PodSpec spec;
    private final Endpoint endpoint;
    private final InetSocketAddress address;
    private final VirtualClock clock;
    private final Queue<Link> waiting = new ArrayDeque<>();
    private int busy;
    private int links;
    private boolean dialled;
    private Fault fault = Fault.NONE;
    private double slowdown = 1;
    private long coldSinceNanos = Long.MIN_VALUE;
    private long healedNanos = Long.MIN_VALUE;
    private long provenNanos = Long.MIN_VALUE;

    SimulatedEndpoint(int index, PodSpec spec, Endpoint endpoint, VirtualClock clock) {
        this.index = index;
        this.spec = spec;
        this.endpoint = endpoint;
        this.address = new InetSocketAddress(endpoint.ip().toInetAddress(), endpoint.port());
        this.clock = clock;
    }

    int index() {
        return index;
    }

    PodSpec spec() {
        return spec;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    InetSocketAddress address() {
        return address;
    }

    Fault fault() {
        return fault;
    }

    void fault(Fault newer) {
        fault = newer;
    }

    void slowdown(double factor) {
        slowdown = factor;
    }

    /** It is slow from now on, and less so from moment to moment. */
    void cold() {
        coldSinceNanos = clock.read();
    }

    /** It is well from now on. How long it takes to be used again is of no interest where nobody ever used it. */
    void healed() {
        if (dialled) {
            healedNanos = clock.read();
            provenNanos = Long.MIN_VALUE;
        }
    }

    /** A request that began at that time succeeded now. */
    void succeeded(long beganNanos) {
        if (provenNanos == Long.MIN_VALUE && healedNanos != Long.MIN_VALUE && beganNanos >= healedNanos) {
            provenNanos = clock.read();
        }
    }

    /** Seconds from its healing to its first success after that, or to now; NaN if it never healed, or was never used before. */
    double recoverySeconds() {
        if (healedNanos == Long.MIN_VALUE) {
            return Double.NaN;
        }
        return Seconds.of((provenNanos == Long.MIN_VALUE ? clock.read() : provenNanos) - healedNanos);
    }

    /** How many times longer than on a good pod everything takes now. */
    double pace() {
        double pace = spec.pace() * slowdown;
        if (coldSinceNanos == Long.MIN_VALUE) {
            return pace;
        }
        double warm = Seconds.of(clock.read() - coldSinceNanos) / spec.warmUpSeconds();
        return warm >= 1 ? pace : pace * (1 + (spec.coldPace() - 1) * (1 - warm));
    }

    /** Someone dials. What becomes of it is told after the way there and back; of a black hole nothing is. */
    void dial(String fromZone, Runnable connected, Runnable refused) {
        dialled = true;
        if (fault.kind() == Fault.Kind.BLACK_HOLE) {
            return;
        }
        boolean refuses = fault.kind() == Fault.Kind.REFUSE;
        clock.schedule(refuses ? refused : connected, spec.roundTripNanos(fromZone));
    }

    void opened() {
        links++;
    }

    void closed() {
        links--;
    }

    /** A request comes. */
    void serve(Link link) {
        if (fault.kind() == Fault.Kind.RESET && link.luck() < fault.share()) {
            clock.schedule(link::reset, fault.delayNanos());
        } else if (!fault.isSilent()) {
            if (busy < spec.workers()) {
                begin(link);
            } else {
                waiting.add(link);
            }
        }
    }

    private void begin(Link link) {
        busy++;
        clock.schedule(() -> finish(link), Seconds.toNanos(link.demandSeconds() * pace()));
    }

    private void finish(Link link) {
        busy--;
        Link next = waiting.poll();
        while (next != null && next.isOver()) {
            next = waiting.poll();
        }
        if (next != null) {
            begin(next);
        }
        if (!fault.isSilent() && !link.isOver()) {
            link.answered();
        }
    }

    /** How long a request that came now would take on average, in mean service times of a good pod. */
    double expectedServices() {
        double pace = pace();
        double ahead = busy < spec.workers() ? 0 : (waiting.size() + 1.0) / spec.workers();
        return (ahead + 1) * pace;
    }

    /** How full it would be with one more long connection, against its speed. */
    double expectedCrowding() {
        return (links + 1.0) * pace() / spec.workers();
    }
}
