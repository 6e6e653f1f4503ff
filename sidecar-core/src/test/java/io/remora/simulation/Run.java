package io.remora.simulation;

import io.remora.internal.VirtualClock;
import java.util.ArrayList;
import java.util.List;

/** One scenario, one strategy, one seed. */
final class Run {

    /** What a client waits for a request. */
    static final long DEADLINE_NANOS = Seconds.toNanos(10);

    private static final int MOST_NEW_PODS = 10;

    private final Scenario scenario;
    private final VirtualClock clock = new VirtualClock();

    private Run(Scenario scenario) {
        this.scenario = scenario;
    }

    Scenario scenario() {
        return scenario;
    }

    VirtualClock clock() {
        return clock;
    }

    static RunResult of(Scenario scenario, Strategy strategy, long seed) {
        return new Run(scenario).play(strategy, seed);
    }

    private RunResult play(Strategy strategy, long seed) {
        Recorder recorder = new Recorder(clock, scenario, scenario.pods().size() + MOST_NEW_PODS);
        List<Router> routers = new ArrayList<>();
        for (int i = 0; i < scenario.clients().size(); i++) {
            Strategy.Place place =
                    new Strategy.Place(this, scenario.clients().get(i), Chance.of(seed, "client " + i), recorder);
            routers.add(strategy.maker().make(place));
        }
        Router router = new ManyClients(routers, Chance.of(seed, "clients"));
        Cluster cluster = new Cluster(clock, Chance.of(seed, "script"), router);
        scenario.pods().forEach(cluster::add);
        cluster.publish();
        scenario.script().play(cluster);
        Clients clients = new Clients(new World(clock, recorder, router), cluster, scenario.load(), seed);
        clients.start();
        clock.advanceTo(Seconds.toNanos(Scenario.LENGTH) + DEADLINE_NANOS);
        clients.stop();
        return recorder.result(cluster, strategy.kind().isRemora());
    }

    /** Clients that connect by turns of chance, and each of which has a router of its own. */
    private record ManyClients(List<Router> routers, Chance chance) implements Router {

        @Override
        public Runnable connect(Link link) {
            return routers.get(chance.nextInt(routers.size())).connect(link);
        }

        @Override
        public void published(List<SimulatedEndpoint> endpoints) {
            routers.forEach(router -> router.published(endpoints));
        }
    }
}
