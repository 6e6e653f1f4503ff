package io.remora.simulation;

import io.remora.internal.VirtualClock;
import java.util.List;
import java.util.function.Function;

/** A client that asks a simple rule for one endpoint, dials it once, and gives up after a while. */
final class PlainRouter implements Router {

    /** What a client waits for a connect. */
    static final long CONNECT_TIMEOUT_NANOS = Seconds.toNanos(5);

    private final VirtualClock clock;
    private final Function<List<SimulatedEndpoint>, SimulatedEndpoint> rule;
    private List<SimulatedEndpoint> endpoints = List.of();

    private PlainRouter(VirtualClock clock, Function<List<SimulatedEndpoint>, SimulatedEndpoint> rule) {
        this.clock = clock;
        this.rule = rule;
    }

    static PlainRouter random(VirtualClock clock, Chance chance) {
        return new PlainRouter(clock, endpoints -> endpoints.get(chance.nextInt(endpoints.size())));
    }

    static PlainRouter roundRobin(VirtualClock clock) {
        int[] next = {0};
        return new PlainRouter(clock, endpoints -> endpoints.get(Math.floorMod(next[0]++, endpoints.size())));
    }

    /** Knows the script and the queues: the endpoint where the least is to be expected, failures counted at the deadline. */
    static PlainRouter oracle(VirtualClock clock, Chance chance, Scenario scenario) {
        return new PlainRouter(clock, endpoints -> Oracle.choose(endpoints, chance, scenario));
    }

    @Override
    public Runnable connect(Link link) {
        if (endpoints.isEmpty()) {
            link.failed();
            return () -> {};
        }
        SimulatedEndpoint endpoint = rule.apply(endpoints);
        Attempt attempt = new Attempt(link, endpoint);
        endpoint.dial(attempt::connected, attempt::fail);
        if (endpoint.fault().kind() == Fault.Kind.BLACK_HOLE) {
            clock.schedule(attempt::fail, CONNECT_TIMEOUT_NANOS);
        }
        return () -> attempt.done = true;
    }

    @Override
    public void published(List<SimulatedEndpoint> newer) {
        endpoints = newer;
    }

    private static final class Attempt {

        private final Link link;
        private final SimulatedEndpoint endpoint;
        private boolean done;

        Attempt(Link link, SimulatedEndpoint endpoint) {
            this.link = link;
            this.endpoint = endpoint;
        }

        void connected() {
            if (!done) {
                done = true;
                link.connected(endpoint, Link.Upstream.NONE);
            }
        }

        void fail() {
            if (!done) {
                done = true;
                link.failed();
            }
        }
    }
}
