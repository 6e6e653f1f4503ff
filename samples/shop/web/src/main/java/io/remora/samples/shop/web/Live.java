package io.remora.samples.shop.web;

import io.remora.samples.shop.web.Events.Event;
import io.remora.samples.shop.web.RemoraState.EndpointState;
import io.remora.samples.shop.web.Traffic.PodTraffic;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** All that the page shows, as this pod sees it. Thread-safe. */
@Component
class Live {
    private final Traffic traffic;
    private final RemoraReader remora;
    private final Load load;
    private final StockControl stock;
    private final ShopSettings settings;
    private final Events events = new Events(Clock.systemUTC());

    Live(Traffic traffic, RemoraReader remora, Load load, StockControl stock, ShopSettings settings) {
        this.traffic = traffic;
        this.remora = remora;
        this.load = load;
        this.stock = stock;
        this.settings = settings;
    }

    /**
     * The whole of it.
     *
     * @param pod this one
     * @param remora by what requests are balanced
     * @param problem why nothing is known of Remora; null if all is well
     * @param behaviour of the pod of stock that can be made to misbehave; null if it cannot be asked
     */
    record View(
            String pod,
            String remora,
            @Nullable String problem,
            @Nullable String behaviour,
            Load.State load,
            List<PartView> parts,
            List<Event> events) {}

    /**
     * A part.
     *
     * @param unanswered calls of the last ten seconds that failed without an answer of any pod
     */
    record PartView(String name, int unanswered, List<PodView> pods) {}

    /**
     * A pod.
     *
     * @param traffic of the last ten seconds; null if it had none
     * @param endpoint what Remora tells of it; null if it tells nothing
     */
    record PodView(
            String pod,
            @Nullable PodTraffic traffic,
            @Nullable EndpointState endpoint) {}

    /** Looks, which keeps the load going. */
    View look() {
        load.seen();
        RemoraState state = remora.read();
        events.look(state);
        List<PartView> parts = new ArrayList<>();
        for (Part part : Part.values()) {
            parts.add(view(part, state.of(part)));
        }
        return new View(
                settings.pod(), state.by(), state.problem(), stock.behaviour(), load.state(), parts, events.list());
    }

    private PartView view(Part part, List<EndpointState> endpoints) {
        Map<String, PodView> pods = new LinkedHashMap<>();
        for (EndpointState endpoint : endpoints) {
            pods.put(endpoint.pod(), new PodView(endpoint.pod(), null, endpoint));
        }
        int unanswered = 0;
        for (PodTraffic each : traffic.of(part)) {
            if (each.pod().isEmpty()) {
                unanswered = each.calls();
            } else {
                PodView known = pods.get(each.pod());
                pods.put(each.pod(), new PodView(each.pod(), each, known == null ? null : known.endpoint()));
            }
        }
        List<PodView> sorted = pods.values().stream()
                .sorted((a, b) -> a.pod().compareTo(b.pod()))
                .toList();
        return new PartView(part.label(), unanswered, sorted);
    }

    /** Something that a person did. */
    void told(String text) {
        events.told(text);
    }
}
