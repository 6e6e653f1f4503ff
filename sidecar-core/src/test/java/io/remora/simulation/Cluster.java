package io.remora.simulation;

import io.remora.discovery.Endpoint;
import io.remora.discovery.Endpoint.TargetRef;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.internal.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The pods of the Service, and what discovery tells of them. Scripts act on it. */
final class Cluster {

    private final VirtualClock clock;
    private final Chance chance;
    private final Router router;
    private final List<SimulatedEndpoint> pods = new ArrayList<>();
    private final List<Boolean> known = new ArrayList<>();
    private double rateFactor = 1;

    Cluster(VirtualClock clock, Chance chance, Router router) {
        this.clock = clock;
        this.chance = chance;
        this.router = router;
    }

    Chance chance() {
        return chance;
    }

    List<SimulatedEndpoint> pods() {
        return pods;
    }

    SimulatedEndpoint pod(int index) {
        return pods.get(index);
    }

    /** By how much more than usual the clients ask for. */
    double rateFactor() {
        return rateFactor;
    }

    void rateFactor(double factor) {
        rateFactor = factor;
    }

    /** Does something at a time of the script, in seconds. */
    void at(double seconds, Runnable action) {
        clock.schedule(action, Seconds.toNanos(seconds) - clock.read());
    }

    /** A pod is there; discovery tells of it with the next {@link #publish()}. */
    int add(PodSpec spec) {
        int index = pods.size();
        IpAddress ip = IpAddress.parse("10.1." + index / 250 + "." + (index % 250 + 1));
        Endpoint endpoint = new Endpoint(
                ip,
                8080,
                EndpointConditions.READY,
                spec.zone(),
                null,
                Set.of(),
                Set.of(),
                new TargetRef("Pod", "default", "shop-" + index, "uid-" + index));
        pods.add(new SimulatedEndpoint(index, spec, endpoint, clock));
        known.add(true);
        return index;
    }

    /** Discovery tells of a pod no more, or again. */
    void know(int index, boolean now) {
        known.set(index, now);
    }

    void publish() {
        List<SimulatedEndpoint> told = new ArrayList<>(pods.size());
        for (SimulatedEndpoint pod : pods) {
            if (known.get(pod.index())) {
                told.add(pod);
            }
        }
        router.published(List.copyOf(told));
    }

    void sicken(int index, Fault fault) {
        pod(index).fault(fault);
    }

    void heal(int index) {
        pod(index).fault(Fault.NONE);
        pod(index).slowdown(1);
        pod(index).healed();
    }

    /** A pod that was just started: cold. */
    int start(PodSpec spec) {
        int index = add(spec);
        pod(index).cold();
        return index;
    }
}
