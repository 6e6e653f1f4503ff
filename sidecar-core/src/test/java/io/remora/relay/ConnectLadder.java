package io.remora.relay;

import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.balancer.Pick;
import io.remora.discovery.IpAddress;
import io.remora.internal.VirtualClock;
import io.remora.relay.Dialer.Attempt;
import io.remora.relay.UpstreamConnector.Handler;
import java.net.InetSocketAddress;
import java.util.random.RandomGenerator;

/** The relay's own connect ladder, for tests of other packages: in virtual time, on a network that the test plays. */
public final class ConnectLadder {

    private final UpstreamConnector<Dial> connector;

    /** Plays the network. */
    public interface Network {
        /** A connection is dialled; its end, if it has one, is told later. */
        void dial(InetSocketAddress address, Dial dial);
    }

    /** Hears the end, once. */
    public interface Result {
        /** An endpoint took the connection; the pick is the result's to complete. */
        void connected(InetSocketAddress address, Pick pick);

        /** No endpoint did. */
        void failed();
    }

    private ConnectLadder(
            DestinationBalancer balancer,
            RandomGenerator random,
            IpAddress client,
            Network network,
            VirtualClock clock,
            Result result) {
        connector = new UpstreamConnector<>(
                Targets.balanced(balancer, random, client, clock.read()),
                new NetworkDialer(network),
                (task, delayNanos) -> clock.schedule(task, delayNanos)::cancel,
                clock,
                RelayConfig.Connect.DEFAULT,
                RelayListener.NONE,
                new ResultHandler(result));
    }

    /** Begins to connect to an endpoint of a Destination. May tell the result before it returns. */
    public static ConnectLadder start(
            DestinationBalancer balancer,
            RandomGenerator random,
            IpAddress client,
            Network network,
            VirtualClock clock,
            Result result) {
        ConnectLadder ladder = new ConnectLadder(balancer, random, client, network, clock, result);
        ladder.connector.start();
        return ladder;
    }

    /** The client left before the end. */
    public void cancel() {
        connector.cancel();
    }

    /** One connection under way. */
    public static final class Dial {

        private final Attempt attempt;
        private boolean cancelled;

        private Dial(Attempt attempt) {
            this.attempt = attempt;
        }

        /** The endpoint took the connection. */
        public void connected() {
            if (!cancelled) {
                attempt.connected();
            }
        }

        /** The endpoint refused it. */
        public void refused() {
            if (!cancelled) {
                attempt.failed(new DialFailure(Outcome.REFUSED, Errno.ECONNREFUSED, false));
            }
        }
    }

    private record NetworkDialer(Network network) implements Dialer<Dial> {

        @Override
        public Dialer.Result<Dial> dial(InetSocketAddress address, Attempt attempt) {
            Dial dial = new Dial(attempt);
            network.dial(address, dial);
            return new Dialer.Result.Pending<>(dial);
        }

        @Override
        public void cancel(Dial dial) {
            dial.cancelled = true;
        }
    }

    private record ResultHandler(Result result) implements Handler<Dial> {

        @Override
        public void connected(Dial dial, Target target, long nowNanos) {
            Pick pick = target.pick();
            if (pick == null) {
                throw new IllegalStateException("a balanced target has a pick");
            }
            result.connected(target.address(), pick);
        }

        @Override
        public void failed(CloseReason reason) {
            result.failed();
        }

        @Override
        public void slow() {}

        @Override
        public void exhausted(int errno) {}

        @Override
        public void broken(Throwable problem) {
            throw new IllegalStateException("the connect ladder broke", problem);
        }
    }
}
