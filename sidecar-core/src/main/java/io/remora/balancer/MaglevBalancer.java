package io.remora.balancer;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The same endpoint for the same client address, or the same value of a header where requests are seen: a
 * {@link MaglevTable} of all that is eligible. Where the endpoint of a place may not be picked now (ejected, tried, or in a
 * slow start that does not reach to this key yet), the place after it decides; so nobody else moves, and what was moved comes
 * back to exactly where it was. A pick that has no key goes to a random place.
 */
public final class MaglevBalancer implements Balancer {

    /** Beyond so many places it is enough that the choice depends on the key. */
    private static final int MOST_PLACES = 64;

    private final BalancerConfig.HashOn hashOn;
    private final SlowStartRamp ramp;
    private volatile Owners owners;

    /** A balancer without endpoints. */
    public MaglevBalancer(BalancerConfig config) {
        this.hashOn = config.hashOn();
        this.ramp = new SlowStartRamp(config.slowStart());
        this.owners = Owners.of(MaglevTable.of(List.of()), Set.of(), ramp);
    }

    @Override
    public @Nullable Pick pick(PickContext context) {
        EndpointState chosen = owners.find(HashKey.of(context, hashOn), context);
        if (chosen == null) {
            return null;
        }
        context.add(chosen);
        return new Pick(chosen);
    }

    @Override
    public void update(Candidates newer) {
        MaglevTable known = owners.table();
        MaglevTable table = known.isOf(newer.eligible()) ? known : MaglevTable.of(newer.eligible());
        owners = Owners.of(table, new HashSet<>(newer.usable()), ramp);
    }

    /**
     * Who may be picked. Immutable.
     *
     * @param usable by the table's index
     * @param count how many of them are
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Owners(MaglevTable table, boolean[] usable, int count, SlowStarts slowStarts) {

        static Owners of(MaglevTable table, Set<EndpointState> allowed, SlowStartRamp ramp) {
            List<EndpointState> states = table.states();
            boolean[] usable = new boolean[states.size()];
            int count = 0;
            for (int i = 0; i < usable.length; i++) {
                usable[i] = allowed.contains(states.get(i));
                count += usable[i] ? 1 : 0;
            }
            return new Owners(table, usable, count, SlowStarts.of(ramp, states, allowed));
        }

        @Nullable
        EndpointState find(long key, PickContext context) {
            if (count == 0) {
                return null;
            }
            long now = context.nowNanos();
            boolean coldOnes = slowStarts.underWay(now);
            int place = table.placeOf(key);
            for (int i = 0; i < MOST_PLACES; i++) {
                int owner = table.ownerOf(place);
                if (isFree(owner, context) && (!coldOnes || reaches(owner, key, now))) {
                    return table.state(owner);
                }
                place = place + 1 == table.size() ? 0 : place + 1;
            }
            return findAny(key, context);
        }

        /** Slow start takes in a key for good: as the part grows, keys only come. */
        private boolean reaches(int owner, long key, long now) {
            double part = slowStarts.part(owner, now);
            return part >= 1 || (HashKey.mix(key ^ table.identityOf(owner)) >>> 11) * 0x1p-53 < part;
        }

        private @Nullable EndpointState findAny(long key, PickContext context) {
            int first = (int) Long.remainderUnsigned(key, usable.length);
            for (int i = 0; i < usable.length; i++) {
                int index = (first + i) % usable.length;
                if (isFree(index, context)) {
                    return table.state(index);
                }
            }
            return null;
        }

        private boolean isFree(int index, PickContext context) {
            return usable[index] && (context.triedCount() == 0 || !context.tried(table.state(index)));
        }
    }
}
