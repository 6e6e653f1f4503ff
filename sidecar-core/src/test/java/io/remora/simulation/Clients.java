package io.remora.simulation;

import io.remora.discovery.IpAddress;
import java.util.ArrayList;
import java.util.List;

/** Produces the load. Everything that it draws is the same for every strategy. */
final class Clients {

    private static final int ADDRESSES = 200;
    private static final List<IpAddress> CLIENTS = addresses();

    private final World world;
    private final Cluster cluster;
    private final Scenario.Load load;
    private final long seed;
    private final Chance arrivals;
    private final Chance requests;
    private final long endNanos = Seconds.toNanos(Scenario.LENGTH);
    private final List<Link> open = new ArrayList<>(); // of long connections, by slot

    Clients(World world, Cluster cluster, Scenario.Load load, long seed) {
        this.world = world;
        this.cluster = cluster;
        this.load = load;
        this.seed = seed;
        this.arrivals = Chance.of(seed, "arrivals");
        this.requests = Chance.of(seed, "requests");
    }

    private static List<IpAddress> addresses() {
        List<IpAddress> all = new ArrayList<>(ADDRESSES);
        for (int i = 0; i < ADDRESSES; i++) {
            all.add(IpAddress.parse("10.2.0." + (i + 1)));
        }
        return List.copyOf(all);
    }

    void start() {
        if (load.connections() == 0) {
            scheduleArrival();
        }
        for (int slot = 0; slot < load.connections(); slot++) {
            openLong(slot, 0, Chance.of(seed, "connection " + slot));
        }
    }

    /** Ends what is open. */
    void stop() {
        open.forEach(Link::close);
    }

    private boolean isOver() {
        return world.clock().read() >= endNanos;
    }

    private double rate() {
        return load.ratePerSecond() * cluster.rateFactor();
    }

    private void scheduleArrival() {
        double wait = arrivals.exponential(1 / rate());
        world.clock().schedule(this::arrive, Seconds.toNanos(wait));
    }

    private void arrive() {
        if (isOver()) {
            return;
        }
        scheduleArrival();
        IpAddress client = CLIENTS.get(requests.nextInt(ADDRESSES));
        new ShortLink(world, client).open(requests.exponential(load.meanSeconds()));
    }

    private void openLong(int slot, int generation, Chance chance) {
        double first = chance.exponential(generation == 0 ? 1 / load.ratePerSecond() : 0.05);
        world.clock()
                .schedule(
                        () -> {
                            if (!isOver()) {
                                LongLink link = new LongLink(slot, generation, chance);
                                if (slot < open.size()) {
                                    open.set(slot, link);
                                } else {
                                    open.add(link);
                                }
                                link.open(chance.exponential(load.meanSeconds()));
                            }
                        },
                        Seconds.toNanos(first));
    }

    /** A connection for one request. */
    private static final class ShortLink extends Link {

        ShortLink(World world, IpAddress client) {
            super(world, client);
        }

        @Override
        void afterAnswer() {
            close();
        }
    }

    /** A connection that stays for many requests, and is replaced when it ends. */
    private final class LongLink extends Link {

        private final int slot;
        private final int generation;
        private final Chance chance;
        private final long untilNanos;

        LongLink(int slot, int generation, Chance chance) {
            super(world, CLIENTS.get(slot));
            this.slot = slot;
            this.generation = generation;
            this.chance = chance;
            this.untilNanos = world.clock().read() + Seconds.toNanos(chance.exponential(load.lifeSeconds()));
        }

        @Override
        void afterAnswer() {
            world.clock().schedule(this::next, Seconds.toNanos(chance.exponential(1 / rate())));
        }

        private void next() {
            if (isOver() || world.clock().read() >= untilNanos) {
                close();
            } else {
                request(chance.exponential(load.meanSeconds()));
            }
        }

        @Override
        void afterEnd() {
            if (!Clients.this.isOver()) {
                openLong(slot, generation + 1, chance);
            }
        }
    }
}
