package io.remora.relay;

import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.balancer.Pick;
import io.remora.discovery.IpFamily;
import io.remora.discovery.TransportAddress;
import io.remora.registry.Destination;
import io.remora.registry.DestinationId;
import io.remora.registry.Route;
import io.remora.registry.ServiceRegistry.LookUp;
import io.remora.registry.UseFlag;
import io.remora.relay.RelayListener.Traffic;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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

        /**
         * @param begunNanos since when it waits
         * @param window whether it does so within the window; else it waits for the source's first events
         */
        record Held(LookUp lookUp, UpstreamConnector.Timers.Timer timer, long begunNanos, boolean window)
                implements State {}

        record Connecting(UpstreamConnector<EdgeSocket> connector) implements State {}

        record Relaying(Tunnel tunnel, EdgeSocket upstream, Target target) implements State {}

        record Closed() implements State {}
    }

    private static final State OPENING = new State.Opening();
    private static final State CLOSED = new State.Closed();

    private final RelayWorker worker;
    private final RelayContext context;
    private final EdgeSocket client;
    private final TransportAddress clientAddress;
    private final IpFamily family;
    private final int bucket;
    private final long id;
    private final long openedNanos;
    private State state = OPENING;
    private @Nullable TransportAddress original;
    private @Nullable DestinationId destination;
    private @Nullable UseFlag use;
    private Traffic traffic = Traffic.NONE;
    private boolean keptAlive;

    /** @param bucket whose port took it; -1 for the capture port */
    RelayConnection(RelayWorker worker, TcpSocket socket, TransportAddress clientAddress, IpFamily family, int bucket) {
        this.worker = worker;
        this.context = worker.context();
        this.client = new EdgeSocket(socket, this);
        this.clientAddress = clientAddress;
        this.family = family;
        this.bucket = bucket;
        this.id = context.ids().incrementAndGet();
        this.openedNanos = worker.now();
        context.drainer().opened();
        context.listener().accepted();
    }

    /** Begins. */
    void open() {
        if (state == CLOSED) {
            return;
        }
        TransportAddress address;
        try {
            address = context.originalAddress().read(client.tcp, family);
        } catch (IOException | RuntimeException e) {
            address = null;
        }
        if (client.tcp.state() == TcpSocket.CLOSE) {
            close(CloseReason.CLIENT_LEFT); // it waited in the queue and went
            return;
        }
        // Asked before the dials: one that is no longer beginning is among them.
        boolean beginning = address != null && context.ownDials().isBeginning(address);
        EdgeSocket own = address == null ? null : context.ownDials().find(clientAddress, address);
        if (own == null && beginning) {
            worker.schedule(() -> worker.open(this), 0); // another event loop tells in an instant
            return;
        }
        if (own != null) {
            own.looped = true;
            trouble("the relay's own dial was redirected to it: the rules must leave the relay's uid and gid alone");
            close(CloseReason.LOOP);
            return;
        }
        if (address == null || context.isOwn(address)) {
            trouble(
                    "a connection was dialled to the relay itself, or the rules that redirect are not in this namespace");
            close(CloseReason.NOT_REDIRECTED);
            return;
        }
        context.refusal().arrived(address, bucket);
        original = address;
        resolve(address);
    }

    private void resolve(TransportAddress address) {
        Route known = context.registry().snapshot().route(address, clientAddress.ip());
        if (known.cause() != Route.Cause.NO_SERVICE) {
            follow(known, address);
            return;
        }
        boolean synced = context.registry().snapshot().synced();
        if (!synced && context.firstHoldNanos() == 0) {
            follow(known, address); // nobody can tell, and all had their wait
            return;
        }
        LookUp lookUp = context.registry().lookUp(address, clientAddress.ip());
        CompletableFuture<Route> result = lookUp.result().toCompletableFuture();
        if (result.isDone()) {
            lookUp.close();
            follow(result.isCompletedExceptionally() ? known : result.join(), address);
            return;
        }
        long now = worker.now();
        long holdNanos = synced ? context.holdWindow().begin(now) : context.firstHoldNanos();
        if (holdNanos <= 0) {
            lookUp.close(); // it goes on without us, for the next connection
            follow(known, address);
            return;
        }
        context.listener().held();
        hold(known, lookUp, now, synced, holdNanos);
        lookUp.result()
                .whenComplete((found, problem) -> worker.loop().execute(() -> answered(found == null ? known : found)));
        watchClient();
    }

    private void hold(Route known, LookUp lookUp, long begun, boolean window, long nanos) {
        state = new State.Held(lookUp, worker.schedule(() -> timedOut(known), nanos), begun, window);
    }

    /** The source has answered. */
    private void answered(Route route) {
        if (state instanceof State.Held held) {
            context.holdWindow().answered(worker.now());
            held.lookUp().close();
            release(held, route);
        }
    }

    /** The hold time has passed, or what was left of the window; that may have moved on since. */
    private void timedOut(Route known) {
        if (state instanceof State.Held held) {
            long left = held.window() ? context.holdWindow().left(held.begunNanos(), worker.now()) : 0;
            if (left > 0) {
                hold(known, held.lookUp(), held.begunNanos(), true, left);
                return;
            }
            if (held.window()) {
                context.holdWindow().givenUp(held.lookUp(), worker::now);
            } else {
                held.lookUp().close();
            }
            release(held, known);
        }
    }

    private void release(State.Held held, Route route) {
        held.timer().cancel();
        endHold(held);
        state = OPENING;
        if (original != null) {
            try {
                follow(route, original);
            } catch (RuntimeException | Error e) {
                broken(e);
            }
        }
    }

    private void endHold(State.Held held) {
        if (held.window()) {
            context.holdWindow().end();
        }
    }

    private void follow(Route route, TransportAddress address) {
        Destination target = route.destination();
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
        destination = target == null ? null : target.id();
        close(reason);
    }

    private void balance(Destination known, TransportAddress address) {
        use = known.use();
        DestinationBalancer balancer = context.balancers().find(known);
        if (balancer != null) {
            connect(Targets.balanced(balancer, context.random().get(), clientAddress.ip(), openedNanos));
            return;
        }
        // It went this very moment: the newest snapshot says what has its address now.
        Route newer = context.registry().snapshot().route(address, clientAddress.ip());
        if (newer.destination() == known) {
            connect(Targets.single(address.toSocketAddress()));
        } else {
            follow(newer, address);
        }
    }

    private void connect(Targets targets) {
        destination = targets.destination();
        traffic = context.listener().opened(destination);
        var connector = new UpstreamConnector<>(
                targets,
                worker.dialer(),
                worker,
                context.ticker(),
                context.config().connect(),
                context.listener(),
                this);
        state = new State.Connecting(connector);
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
    public void connected(EdgeSocket upstream, Target target) {
        Tunnel tunnel = new Tunnel(worker, client, upstream, traffic, this);
        state = new State.Relaying(tunnel, upstream, target);
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

    private void end(CloseReason reason, State last) {
        state = CLOSED;
        boolean abort = reason != CloseReason.COMPLETED;
        long sent = 0;
        long received = 0;
        if (last instanceof State.Held held) {
            held.timer().cancel();
            held.lookUp().close();
            endHold(held);
        } else if (last instanceof State.Connecting connecting) {
            connecting.connector().cancel();
        } else if (last instanceof State.Relaying relaying) {
            relaying.tunnel().close(reason);
            sent = relaying.tunnel().up.moved;
            received = relaying.tunnel().down.moved;
            context.ownDials().remove(relaying.upstream());
            relaying.upstream().close(abort);
            Pick pick = relaying.target().pick();
            if (pick != null) {
                pick.complete(outcome(reason, received));
            }
        }
        client.close(abort);
        worker.closed(this);
        context.listener().closed(destination, reason, sent, received, worker.now() - openedNanos);
        log(reason, last, sent, received);
        context.drainer().closed();
    }

    private static Outcome outcome(CloseReason reason, long received) {
        if (reason == CloseReason.LOCAL_ERROR || reason == CloseReason.LOOP) {
            return Outcome.LOCAL_ERROR;
        }
        return reason == CloseReason.UPSTREAM_RESET && received == 0 ? Outcome.RESET : Outcome.SUCCESS;
    }

    ConnectionView view() {
        TransportAddress upstream = null;
        long sent = 0;
        long received = 0;
        if (state instanceof State.Relaying relaying) {
            InetSocketAddress target = relaying.target().address();
            upstream = TransportAddress.tcp(target);
            sent = relaying.tunnel().up.moved;
            received = relaying.tunnel().down.moved;
        }
        return new ConnectionView(
                id,
                clientAddress,
                original == null ? clientAddress : original,
                destination,
                upstream,
                Duration.ofNanos(worker.now() - openedNanos),
                sent,
                received);
    }

    private void trouble(String message) {
        if (context.troubles().allows()) {
            context.logger()
                    .atWarn()
                    .addKeyValue("connection", id)
                    .addKeyValue("client", clientAddress)
                    .log(message);
        }
    }

    private void log(CloseReason reason, State last, long sent, long received) {
        if (context.logger().isEnabledForLevel(Level.DEBUG)) {
            context.logger()
                    .atDebug()
                    .addKeyValue("connection", id)
                    .addKeyValue("client", clientAddress)
                    .addKeyValue("original", original)
                    .addKeyValue("service", destination)
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
