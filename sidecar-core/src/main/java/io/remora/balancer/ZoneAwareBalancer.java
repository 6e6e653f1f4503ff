package io.remora.balancer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints of the client's zone first, by two balancers of the policy: one of that zone, one of all others. Where the zone
 * has too few usable endpoints all zones are used alike; where some of it is ejected, a part of the picks goes elsewhere
 * (Envoy, priority load with an overprovisioning factor of 1.4: from 5 of 7 usable endpoints on none does). A retry may go
 * anywhere, for a zone may fail as one. Slow start is within a zone, since a zone's part of the picks is for its number of
 * usable endpoints: where all of one are equally new, each gets its whole share at once.
 */
final class ZoneAwareBalancer implements Balancer {

    private static final double OVERPROVISIONING = 1.4;

    private final BalancerConfig config;
    private final String zone;
    private final Balancer local;
    private final Balancer others;
    private volatile Shares shares = new Shares(0, 0);

    private ZoneAwareBalancer(BalancerConfig config, String zone) {
        this.config = config;
        this.zone = zone;
        this.local = config.policy().newBalancer(config);
        this.others = config.policy().newBalancer(config);
    }

    /** Makes the balancer of a configuration: one that knows zones only where one is preferred, and known. */
    static Balancer of(BalancerConfig config) {
        String zone = config.zones().client().zone();
        return config.zones().preferred() && zone != null
                ? new ZoneAwareBalancer(config, zone)
                : config.policy().newBalancer(config);
    }

    @Override
    public @Nullable Pick pick(PickContext context) {
        Shares current = shares;
        double part = context.triedCount() == 0 ? current.first() : current.retry();
        boolean stays = part >= 1 || part > 0 && toss(context) < part;
        Pick pick = (stays ? local : others).pick(context);
        return pick == null ? (stays ? others : local).pick(context) : pick;
    }

    /** A key that is hashed keeps its zone, too. */
    private double toss(PickContext context) {
        if (!config.policy().looksAtKey()) {
            RandomGenerator random = context.random();
            return random.nextDouble();
        }
        return (HashKey.mix(~HashKey.of(context, config.hashOn())) >>> 11) * 0x1p-53;
    }

    @Override
    public void update(Candidates newer) {
        Candidates near = part(newer, true);
        Candidates far = part(newer, false);
        local.update(near);
        others.update(far);
        shares = shares(near, far);
    }

    private Candidates part(Candidates all, boolean near) {
        return new Candidates(
                part(all.eligible(), near), part(all.usable(), near), part(all.trials(), near), all.panic());
    }

    private List<EndpointState> part(List<EndpointState> all, boolean near) {
        List<EndpointState> part = new ArrayList<>();
        for (EndpointState state : all) {
            if (Objects.equals(zone, state.endpoint().zone()) == near) {
                part.add(state);
            }
        }
        return part;
    }

    private Shares shares(Candidates near, Candidates far) {
        int here = near.usable().size();
        int there = far.usable().size();
        if (here == 0 || there == 0) {
            return new Shares(there == 0 ? 1 : 0, there == 0 ? 1 : 0);
        }
        double even = (double) here / (here + there);
        boolean tooSmall = here < config.zones().minEndpoints();
        double healthy = (double) here / near.eligible().size();
        return new Shares(tooSmall ? even : Math.max(even, Math.min(1, OVERPROVISIONING * healthy)), even);
    }

    /**
     * Which part of the picks stays in the zone.
     *
     * @param first of first picks, 0 to 1
     * @param retry of those after it
     */
    private record Shares(double first, double retry) {}
}
