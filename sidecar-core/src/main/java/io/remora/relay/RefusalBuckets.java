package io.remora.relay;

import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import io.remora.registry.RegistryListener;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.ServiceEntry;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which buckets of {@link HashedPorts} are closed: those with an address of a Service that has no usable endpoint and none
 * that must be accepted. Only while every Service is known. To be among the registry's listeners, whose writer makes the
 * changes; readers read volatiles. Thread-safe.
 */
public final class RefusalBuckets implements RegistryListener, Refusal {

    /** How the init step's rules were seen to redirect. */
    private enum Rules {
        UNSEEN,
        SPREAD,
        ONE_PORT,
        /** Once seen it stays: some addresses arrive as expected by chance. */
        OTHER_PORTS
    }

    /** Hears of each bucket that opens or closes, in order, on the thread that changes it. */
    interface Follower {
        void changed(int bucket, boolean open);
    }

    private static final Logger LOGGER = LoggerFactory.getLogger(RelayServer.class);
    private static final Follower NOBODY = (bucket, open) -> {};

    private final RefusalConfig config;
    private final HashedPorts ports;
    private final int[] accepted; // guarded by this: how many addresses of a bucket must be accepted
    private final int[] refusable; // guarded by this: how many need not
    private Follower follower = NOBODY; // guarded by this
    private boolean exact; // guarded by this: every Service is known, and the rules hash as this class does
    private volatile BitSet closed = new BitSet(); // replaced, never changed
    private volatile Rules rules = Rules.UNSEEN;
    private volatile @Nullable RegistrySnapshot newest; // for explanations

    /** No bucket is closed before the registry tells. */
    public RefusalBuckets(RefusalConfig config) {
        this.config = config;
        this.ports = HashedPorts.of(config);
        this.accepted = new int[config.enabled() ? ports.buckets() : 0];
        this.refusable = new int[accepted.length];
    }

    RefusalConfig config() {
        return config;
    }

    HashedPorts ports() {
        return ports;
    }

    /** Tells another one from now on, first of what is closed already. */
    synchronized void follow(Follower other) {
        follower = other;
        closed.stream().forEach(bucket -> other.changed(bucket, false));
    }

    /** Tells nobody any more. */
    synchronized void unfollow() {
        follower = NOBODY;
    }

    @Override
    public synchronized void published(RegistrySnapshot snapshot, List<ServiceChange> changes) {
        if (!config.enabled()) {
            return;
        }
        newest = snapshot;
        BitSet touched = new BitSet();
        for (ServiceChange change : changes) {
            count(change.before(), -1, snapshot, touched);
            count(change.after(), 1, snapshot, touched);
        }
        boolean known = snapshot.synced() && snapshot.exhaustive() && rules != Rules.OTHER_PORTS;
        if (known != exact) {
            exact = known;
            touched.set(0, accepted.length);
        }
        settle(touched);
    }

    private void count(@Nullable ServiceEntry entry, int by, RegistrySnapshot snapshot, BitSet touched) {
        if (entry == null) {
            return;
        }
        List<IpAddress> nodeAddresses = snapshot.config().nodeAddresses();
        RefusalRule.visit(entry, nodeAddresses, (address, mayRefuse) -> {
            int bucket = ports.bucket(address);
            (mayRefuse ? refusable : accepted)[bucket] += by;
            touched.set(bucket);
        });
    }

    private void settle(BitSet touched) {
        BitSet next = (BitSet) closed.clone();
        touched.stream().forEach(bucket -> next.set(bucket, exact && refusable[bucket] > 0 && accepted[bucket] == 0));
        BitSet changed = (BitSet) next.clone();
        changed.xor(closed);
        if (!changed.isEmpty()) {
            closed = next;
            changed.stream().forEach(bucket -> follower.changed(bucket, !next.get(bucket)));
        }
    }

    /**
     * A redirected connection has arrived: the rules are not as expected if it did so elsewhere.
     *
     * @param bucket whose port took it; -1 for the capture port
     */
    void arrived(TransportAddress address, int bucket) {
        Rules seen = rules;
        if (!config.enabled() || seen == Rules.OTHER_PORTS) {
            return;
        }
        Rules now = bucket < 0 ? Rules.ONE_PORT : bucket == ports.bucket(address) ? Rules.SPREAD : Rules.OTHER_PORTS;
        if (now != seen) {
            rulesSeen(now);
        }
    }

    private synchronized void rulesSeen(Rules now) {
        if (now == rules || rules == Rules.OTHER_PORTS) {
            return;
        }
        rules = now;
        if (now == Rules.OTHER_PORTS) {
            exact = false;
            BitSet all = new BitSet();
            all.set(0, accepted.length);
            settle(all);
            LOGGER.atWarn()
                    .addKeyValue("ports", config.firstPort() + "-" + config.lastPort())
                    .log("the init step's rules spread addresses over other ports than remora.refusal-ports, so no"
                            + " connection is refused: give REMORA_REFUSAL_PORTS to both alike and start the pod anew");
        } else if (now == Rules.ONE_PORT) {
            LOGGER.atInfo().log(
                    "the init step's rules do not spread addresses over remora.refusal-ports, so connections to"
                            + " Services without a usable endpoint are accepted and reset at once");
        }
    }

    @Override
    public boolean refuses(TransportAddress address) {
        return config.enabled() && rules != Rules.ONE_PORT && closed.get(ports.bucket(address));
    }

    @Override
    public String reason(TransportAddress address) {
        if (!config.enabled()) {
            return Refusal.NONE.reason(address);
        }
        RegistrySnapshot snapshot = newest;
        if (rules == Rules.ONE_PORT) {
            return "the init step's rules do not spread addresses over ports";
        }
        if (rules == Rules.OTHER_PORTS) {
            return "the init step's rules spread addresses over other ports than remora.refusal-ports";
        }
        if (snapshot == null || !snapshot.synced() || !snapshot.exhaustive()) {
            return "not every Service is known";
        }
        int port = ports.port(ports.bucket(address));
        if (refuses(address)) {
            return "nobody listens on port " + port + ", to which its address is redirected";
        }
        TransportAddress other = sharing(address, snapshot);
        return other == null
                ? "only addresses of Services without a usable endpoint are refused"
                : "it shares port " + port + " with " + other + ", which must be accepted";
    }

    /** Another address of the same bucket that must be accepted: asks all Services, for people. */
    private @Nullable TransportAddress sharing(TransportAddress address, RegistrySnapshot snapshot) {
        int bucket = ports.bucket(address);
        TransportAddress[] found = new TransportAddress[1];
        for (ServiceEntry entry : snapshot.services()) {
            RefusalRule.visit(entry, snapshot.config().nodeAddresses(), (other, mayRefuse) -> {
                if (!mayRefuse && !other.equals(address) && ports.bucket(other) == bucket) {
                    found[0] = other;
                }
            });
        }
        return found[0];
    }
}
