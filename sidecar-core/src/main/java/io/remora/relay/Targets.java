package io.remora.relay;

import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointState;
import io.remora.balancer.Pick;
import io.remora.balancer.PickContext;
import io.remora.discovery.IpAddress;
import io.remora.registry.DestinationId;
import java.net.InetSocketAddress;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the attempts of one connection dial, one after the other. Not thread-safe: one event loop owns it. */
interface Targets {

    /**
     * Returns what to dial next.
     *
     * @param repeat what was dialled before may be dialled again, once nothing else is left
     * @return null if nothing is left
     */
    @Nullable
    Target next(boolean repeat);

    /** The Destination that all of them belong to; null if there is none. */
    @Nullable
    DestinationId destination();

    /**
     * Asks for an attempt after the first, and pays for it.
     *
     * @param repeat as for {@link #next(boolean)}
     * @return false if there is nothing left to dial, or no budget for it
     */
    default boolean mayRetry(boolean repeat, long nowNanos) {
        return true;
    }

    /** One of them took the connection. */
    default void connected(Target target) {}

    /**
     * The endpoints of a Destination, as its balancer picks them and its retry budget allows.
     *
     * @param client who connects
     * @param nowNanos a reading of the clock that the balancers were made with
     */
    static Targets balanced(DestinationBalancer balancer, RandomGenerator random, IpAddress client, long nowNanos) {
        return new Targets() {
            private PickContext context = new PickContext(random, client, nowNanos);
            private boolean denied;

            @Override
            public @Nullable Target next(boolean repeat) {
                Pick pick = balancer.pick(context);
                if (pick == null && repeat) {
                    context = new PickContext(random, client, nowNanos);
                    pick = balancer.pick(context);
                }
                return pick == null ? null : new Target(pick.endpoint().address(), pick);
            }

            @Override
            public boolean mayRetry(boolean repeat, long nowNanos) {
                if (!repeat && !isAnyUntried()) {
                    return false;
                }
                boolean granted = balancer.retryBudget().tryWithdraw(nowNanos);
                if (!granted && !denied) {
                    denied = true; // a connection asks again and again, and counts once
                    balancer.retryBudget().denied();
                }
                return granted;
            }

            /** Asked first, so that nothing is paid for an attempt that cannot be made. */
            private boolean isAnyUntried() {
                for (EndpointState endpoint : balancer.candidates().usable()) {
                    if (!context.tried(endpoint)) {
                        return true;
                    }
                }
                return false;
            }

            @Override
            public void connected(Target target) {
                if (target.pick() != null) {
                    balancer.connected(target.pick(), context);
                }
            }

            @Override
            public DestinationId destination() {
                return balancer.destination().id();
            }
        };
    }

    /** One address that is no Service's. */
    static Targets single(InetSocketAddress address) {
        return new Targets() {
            private boolean dialled;

            @Override
            public @Nullable Target next(boolean repeat) {
                if (dialled) {
                    return null; // a plain client dials once
                }
                dialled = true;
                return new Target(address, null);
            }

            @Override
            public @Nullable DestinationId destination() {
                return null;
            }
        };
    }
}
