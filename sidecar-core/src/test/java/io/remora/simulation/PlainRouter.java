package io.remora.simulation;

import io.remora.internal.VirtualClock;
import java.util.List;
import java.util.function.Function;

/** A client that asks a simple rule for one endpoint, dials it once, and gives up after a while. */
final class PlainRouter implements Router {

    /** What a client waits for a connect. */
    static final long CONNECT_TIMEOUT_NANOS = Seconds.toNanos(5);

    private final VirtualClock clock;
    private final String zone;
    private final Function<List<SimulatedEndpoint>, SimulatedEndpoint> rule;
    private List<SimulatedEndpoint> endpoints = List.of();

    private PlainRouter(VirtualClock clock, String zone, Function<List<SimulatedEndpoint>, SimulatedEndpoint> rule) {
        this.clock = clock;
        this.zone = zone;
        this.rule = rule;
    }

    static PlainRouter random(Strategy.Place place) {
        return new PlainRouter(
                place.run().clock(),
                place.zone(),
                endpoints -> endpoints.get(place.chance().nextInt(endpoints.size())));
    }

    static PlainRouter roundRobin(Strategy.Place place) {
        int[] next = {0};
        return new PlainRouter(
                place.run().clock(),
                place.zone(),
                endpoints -> endpoints.get(Math.floorMod(next[0]++, endpoints.size())));
    }

    /** Knows the script and the queues: the endpoint where the least is to be expected, failures counted at the deadline. */
    static PlainRouter oracle(Strategy.Place place) {
        Oracle oracle = new Oracle(place.run().scenario(), place.zone());
        return new PlainRouter(
                place.run().clock(), place.zone(), endpoints -> oracle.choose(endpoints, place.chance()));
    }

    @Override
    public Runnable connect(Link link) {
        if (endpoints.isEmpty()) {
            link.failed();
            return () -> {};
        }
        SimulatedEndpoint endpoint = rule.apply(endpoints);
        Attempt attempt = new Attempt(link, endpoint);
        endpoint.dial(zone, attempt::connected, attempt::fail);
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
