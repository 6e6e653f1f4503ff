package io.remora.relay;

import io.remora.balancer.Admitted;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.balancer.Pick;
import io.remora.discovery.IpFamily;
import io.remora.discovery.TransportAddress;
import io.remora.registry.Destination;
import io.remora.registry.DestinationId;
import io.remora.registry.Route;
import io.remora.registry.UseFlag;
import io.remora.relay.RelayListener.Traffic;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * One connection from downstream, from its accept to its end: finds where it was going, has an endpoint connected, and
 * hands both sockets to a {@link Tunnel}. Until then nothing is read from the client: its bytes wait in the kernel. Its
 * event loop owns it.
 */
final class RelayConnection implements EdgeSocket.Owner, UpstreamConnector.Handler<EdgeSocket>, Tunnel.Listener {

    /** Where the connection stands. */
    private sealed interface State {
        record Opening() implements State {}

        record Held(Hold hold) implements State {}

        record Connecting(UpstreamConnector<EdgeSocket> connector) implements State {}

        record Relaying(Tunnel tunnel, EdgeSocket upstream, Target target) implements State {}

        record Closed() implements State {}
    }

    private static final State OPENING = new State.Opening();
    private static final State CLOSED = new State.Closed();

    private final RelayWorker worker;
    private final RelayContext context;
    private final EdgeSocket client;
    private final ConnectionTrace trace;
    private final IpFamily family;
    private final int bucket;
    private State state = OPENING;
    private @Nullable UseFlag use;
    private Traffic traffic = Traffic.NONE;
    private @Nullable Admitted admitted; // once it is known that its Destination is balanced
    private boolean keptAlive;

    /** @param bucket whose port took it; -1 for the capture port */
    RelayConnection(RelayWorker worker, TcpSocket socket, TransportAddress clientAddress, IpFamily family, int bucket) {
        this.worker = worker;
        this.context = worker.context();
        this.client = new EdgeSocket(socket, this);
        this.trace = new ConnectionTrace(context.ids().incrementAndGet(), clientAddress, worker.now());
        this.family = family;
        this.bucket = bucket;
        worker.recent().add(trace);
        context.drainer().opened();
        context.listener().accepted();
    }

    /** Begins. */
    void open() {
        if (state == CLOSED) {
            return;
        }
        Arrival arrival = Arrival.of(context, client.tcp, trace.client, family);
        if (arrival instanceof Arrival.To to) {
            context.refusal().arrived(to.address(), bucket);
            trace.original = to.address();
            resolve(to.address());
        } else if (arrival instanceof Arrival.Rejected rejected) {
            if (rejected.trouble() != null) {
                trouble(rejected.trouble());
            }
            close(rejected.reason());
        } else {
            worker.schedule(() -> worker.open(this), 0);
        }
    }

    private void resolve(TransportAddress address) {
        Hold.Resolution resolution = Hold.resolve(worker, address, trace.client.ip(), route -> release(route, address));
        if (resolution instanceof Hold.Resolution.Found found) {
            follow(found.route(), address);
        } else if (resolution instanceof Hold.Resolution.Held held) {
            state = new State.Held(held.hold());
            trace.phase = ConnectionPhase.HELD;
            watchClient();
        }
    }

    private void release(Route route, TransportAddress address) {
        state = OPENING;
        try {
            follow(route, address);
        } catch (RuntimeException | Error e) {
            broken(e);
        }
    }

    private void follow(Route route, TransportAddress address) {
        Destination target = route.destination();
        trace.cause = route.cause();
        switch (route.cause()) {
            case ELIGIBLE_ENDPOINTS, NO_ELIGIBLE_ENDPOINT -> {
                if (target != null) {
                    balance(target, address);
                }
            }
            case OUTSIDE_SOURCE_RANGES -> reject(target, CloseReason.OUTSIDE_SOURCE_RANGES);
            case UNDEFINED_PORT -> reject(null, CloseReason.UNDEFINED_PORT);
            case CLIENT_NODE_UNKNOWN, NO_SERVICE -> connect(Targets.single(address.toSocketAddress()));
        }
    }

    private void reject(@Nullable Destination target, CloseReason reason) {
        if (target != null) {
            opened(target.id());
        }
        close(reason);
    }

    private void opened(@Nullable DestinationId known) {
        trace.destination = known;
        traffic = context.listener().opened(known);
    }

    private void balance(Destination known, TransportAddress address) {
        use = known.use();
        DestinationBalancer balancer = context.balancers().find(known);
        if (balancer != null) {
            Admitted entering = new Admitted(balancer);
            admitted = entering;
            trace.choosing(balancer);
            Admitted.Refusal refused = entering.enter();
            if (refused == null) {
                connect(Targets.balanced(balancer, context.random().get(), trace.client.ip(), trace.openedNanos));
            } else {
                reject(known, CloseReason.of(refused));
            }
            return;
        }
        // It went this very moment: the newest snapshot says what has its address now.
        Route newer = context.registry().snapshot().route(address, trace.client.ip());
        if (newer.destination() == known) {
            connect(Targets.single(address.toSocketAddress()));
        } else {
            follow(newer, address);
        }
    }

    private void connect(Targets targets) {
        opened(targets.destination());
        var connector = new UpstreamConnector<>(
                targets,
                worker.dialer(),
                worker,
                context.ticker(),
                context.config().connect(),
                context.listener(),
                this);
        state = new State.Connecting(connector);
        trace.phase = ConnectionPhase.CONNECTING;
        connector.start();
    }

    @Override
    public void slow() {
        watchClient();
    }

    @Override
    public void exhausted(int errno) {
        worker.pauseAccepting(errno);
        watchClient();
    }

    @Override
    public void failed(CloseReason reason) {
        close(reason);
    }

    @Override
    public void missed(Target target, Outcome outcome, long nanos) {
        trace.missed(target, outcome, nanos);
    }

    @Override
    public void connected(EdgeSocket upstream, Target target, long nowNanos) {
        Tunnel tunnel = new Tunnel(worker, client, upstream, traffic, this, nowNanos);
        state = new State.Relaying(tunnel, upstream, target);
        trace.connected(target);
        if (admitted != null) {
            admitted.connected();
        }
        try {
            client.register(worker.loop());
        } catch (IOException e) {
            broken(e);
            return;
        }
        tunnel.start();
    }

    /** From now on it is noticed when the client resets the connection. A connect that is quick need not know. */
    private void watchClient() {
        try {
            client.register(worker.loop());
        } catch (IOException e) {
            broken(e);
        }
    }

    /** The client before it is relayed: only a reset matters, bytes and even the end of its stream can wait. */
    @Override
    public void ready(EdgeSocket socket, int events) {
        if (socket.isDead(events)) {
            close(CloseReason.CLIENT_LEFT);
        }
    }

    @Override
    public void broken(Throwable problem) {
        worker.failed(problem);
        close(CloseReason.LOCAL_ERROR);
    }

    @Override
    public void answered(long latencyNanos, long nowNanos) {
        Admitted inside = admitted;
        Pick pick = state instanceof State.Relaying relaying ? relaying.target().pick() : null;
        if (inside != null && pick != null) {
            quietly(() -> pick.answered(latencyNanos, nowNanos));
            quietly(inside::answered);
        }
    }

    @Override
    public void ended(CloseReason reason) {
        close(reason);
    }

    /** It has lasted for a while: turns the keep-alive of the upstream socket on, if there is one and it is not on yet. */
    void keepAlive() {
        if (use != null) {
            use.mark(); // a Service is in use as long as a connection to it is open
        }
        if (!keptAlive && state instanceof State.Relaying relaying) {
            keptAlive = true;
            try {
                relaying.upstream().tcp.keepAlive(context.config().keepAlive());
            } catch (IOException e) {
                // It was reset; its event is on the way.
            }
        }
    }

    /** Returns why it is to be ended now; null if it may go on. */
    @Nullable
    CloseReason expired(long now, RelayConfig.Expiry expiry) {
        if (!(state instanceof State.Relaying relaying)) {
            return null;
        }
        long idle = expiry.idle().toNanos();
        if (idle > 0 && now - relaying.tunnel().activeNanos() >= idle) {
            return CloseReason.IDLE_TIMEOUT;
        }
        long gone = expiry.goneEndpoint().toNanos();
        Pick pick = relaying.target().pick();
        boolean over = gone > 0
                && pick != null
                && pick.endpoint().departedFor(now) >= gone
                && pick.endpoint().isGone(context.registry().snapshot());
        return over ? CloseReason.ENDPOINT_GONE : null;
    }

    /** Ends it, wherever it stands. Idempotent. */
    void close(CloseReason reason) {
        State last = state;
        if (last == CLOSED) {
            return;
        }
        if (last instanceof State.Relaying relaying && relaying.upstream().looped) {
            end(CloseReason.LOOP, last);
        } else {
            end(reason, last);
        }
    }

    /** The sockets are closed and the counts returned whatever a step throws, and at whatever bug. */
    private void end(CloseReason reason, State last) {
        state = CLOSED;
        boolean abort = reason != CloseReason.COMPLETED;
        long sent = 0;
        long received = 0;
        Outcome outcome = Blame.unconnected(reason);
        if (last instanceof State.Held held) {
            quietly(held.hold()::cancel);
        } else if (last instanceof State.Connecting connecting) {
            quietly(connecting.connector()::cancel);
        } else if (last instanceof State.Relaying relaying) {
            Tunnel tunnel = relaying.tunnel();
            quietly(() -> tunnel.close(reason));
            sent = tunnel.up.moved;
            received = tunnel.down.moved;
            context.ownDials().remove(relaying.upstream());
            relaying.upstream().close(abort);
            outcome = tunnel.outcome(reason);
            settle(relaying.target().pick(), outcome);
        }
        client.close(abort);
        leave(outcome);
        worker.closed(this);
        long now = worker.now();
        trace.ended(reason, sent, received, now);
        context.listener().closed(trace.destination, reason, sent, received, now - trace.openedNanos);
        log(reason, last, sent, received);
        context.drainer().closed();
    }

    private void settle(@Nullable Pick pick, Outcome outcome) {
        if (pick != null) {
            quietly(() -> pick.complete(outcome));
        }
    }

    private void leave(Outcome outcome) {
        Admitted leaving = admitted;
        if (leaving != null) {
            quietly(() -> leaving.leave(outcome));
        }
    }

    private void quietly(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            worker.failed(e);
        }
    }

    ConnectionTrace trace() {
        return trace;
    }

    /** Bytes from downstream that upstream took. */
    long sent() {
        return state instanceof State.Relaying relaying ? relaying.tunnel().up.moved : 0;
    }

    /** Bytes from upstream that downstream took. */
    long received() {
        return state instanceof State.Relaying relaying ? relaying.tunnel().down.moved : 0;
    }

    ConnectionView view() {
        return new ConnectionView(
                trace.id,
                trace.client,
                trace.original == null ? trace.client : trace.original,
                trace.destination,
                trace.phase,
                trace.upstream(),
                Duration.ofNanos(worker.now() - trace.openedNanos),
                sent(),
                received());
    }

    private void trouble(String message) {
        if (context.troubles().allows()) {
            context.logger()
                    .atWarn()
                    .addKeyValue("connection", trace.id)
                    .addKeyValue("client", trace.client)
                    .log(message);
        }
    }

    private void log(CloseReason reason, State last, long sent, long received) {
        if (context.logger().isEnabledForLevel(Level.DEBUG)) {
            context.logger()
                    .atDebug()
                    .addKeyValue("connection", trace.id)
                    .addKeyValue("client", trace.client)
                    .addKeyValue("original", trace.original)
                    .addKeyValue("service", trace.destination)
                    .addKeyValue(
                            "endpoint",
                            last instanceof State.Relaying relaying
                                    ? relaying.target().address()
                                    : null)
                    .addKeyValue("reason", reason.label())
                    .addKeyValue("sent", sent)
                    .addKeyValue("received", received)
                    .log("connection closed");
        }
    }
}
