package io.remora.simulation;

import io.remora.balancer.Outcome;
import io.remora.discovery.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one connection, with one request on it at a time. A {@link Router} connects it; the client leaves at its
 * own deadline.
 */
abstract class Link {

    private final World world;
    private final IpAddress client;
    private @Nullable SimulatedEndpoint endpoint;
    private Upstream upstream = Upstream.NONE;
    private Runnable giveUp = () -> {};
    private double demandSeconds;
    private long beganNanos;
    private long sentNanos;
    private int request;
    private boolean inRequest;
    private boolean over;

    /** What stands between the client and the endpoint, and hears of the connection. */
    interface Upstream {

        /** There is nothing. */
        Upstream NONE = new Upstream() {};

        /** The first byte of an answer came. */
        default void answered(long latencyNanos) {}

        /** The connection ended. */
        default void ended(Outcome outcome) {}
    }

    Link(World world, IpAddress client) {
        this.world = world;
        this.client = client;
    }

    IpAddress client() {
        return client;
    }

    boolean isOver() {
        return over;
    }

    double demandSeconds() {
        return demandSeconds;
    }

    /** A number from 0 to 1 that comes with the request, whoever serves it. */
    double luck() {
        double scaled = demandSeconds * 1e5;
        return scaled - (long) scaled;
    }

    /** Connects, for the first request. */
    final void open(double demand) {
        begin(demand);
        giveUp = world.router().connect(this);
    }

    /** Sends a request, if the connection is there still. */
    final void request(double demand) {
        if (!over) {
            begin(demand);
            send();
        }
    }

    private void begin(double demand) {
        demandSeconds = demand;
        beganNanos = world.clock().read();
        inRequest = true;
        request++;
        world.deadlines().add(this, request);
    }

    private void send() {
        if (endpoint != null) {
            sentNanos = world.clock().read();
            endpoint.serve(this);
        }
    }

    /** An endpoint took the connection. */
    final void connected(SimulatedEndpoint taker, Upstream through) {
        if (over) {
            throw new IllegalStateException("connected after the end");
        }
        endpoint = taker;
        upstream = through;
        taker.opened();
        send();
    }

    /** No endpoint took it. */
    final void failed() {
        end(false, Outcome.CANCELLED);
    }

    /** The endpoint closed it the hard way. */
    final void reset() {
        if (!over) {
            end(false, Outcome.RESET);
        }
    }

    final void answered() {
        long now = world.clock().read();
        upstream.answered(now - sentNanos);
        inRequest = false;
        world.requests().ended(beganNanos, true, endpoint);
        afterAnswer();
    }

    /** The deadline of a request has come. */
    final void expire(int ofRequest) {
        if (!over && inRequest && request == ofRequest) {
            if (endpoint == null) {
                giveUp.run();
            }
            end(false, Outcome.CANCELLED);
        }
    }

    /** The client has what it wanted. */
    final void close() {
        if (!over) {
            end(true, Outcome.SUCCESS);
        }
    }

    private void end(boolean good, Outcome outcome) {
        over = true;
        if (endpoint != null) {
            endpoint.closed();
        }
        upstream.ended(outcome);
        if (inRequest && !good) {
            world.requests().ended(beganNanos, false, endpoint);
        }
        afterEnd();
    }

    /** A request succeeded: another one, or the end. */
    abstract void afterAnswer();

    /** The connection is over. */
    void afterEnd() {}
}
