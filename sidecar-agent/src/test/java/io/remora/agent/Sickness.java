package io.remora.agent;

import io.remora.balancer.Candidates;
import io.remora.balancer.DestinationHealth;
import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointHealth;
import io.remora.balancer.EndpointState;
import io.remora.registry.Destination;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The health of one Destination, as a test says. */
final class Sickness implements DestinationHealth, DestinationHealth.Factory {

    private final Map<String, Ejection> ejected = new HashMap<>(); // by address
    private boolean panic;
    private @Nullable Host host;

    @Override
    public DestinationHealth create(Destination destination, Host asked) {
        host = asked;
        return this;
    }

    /** Ejects an endpoint. */
    void eject(String address, Ejection ejection) {
        change(() -> ejected.put(address, ejection));
    }

    /** Begins or ends panic. */
    void panic(boolean now) {
        change(() -> panic = now);
    }

    private void change(Runnable change) {
        if (host == null) {
            change.run();
        } else {
            host.change(() -> {
                change.run();
                return true;
            });
        }
    }

    @Override
    public EndpointHealth added(EndpointState endpoint) {
        return new EndpointHealth() {
            @Override
            public State state() {
                return ejection() == null ? State.HEALTHY : State.EJECTED;
            }

            @Override
            public @Nullable Ejection ejection() {
                return ejected.get(endpoint.toString());
            }
        };
    }

    @Override
    public Candidates select(List<EndpointState> eligible) {
        List<EndpointState> usable = new ArrayList<>(eligible);
        usable.removeIf(endpoint -> !panic && ejected.containsKey(endpoint.toString()));
        return new Candidates(eligible, usable, List.of(), panic);
    }
}
