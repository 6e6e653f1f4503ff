package io.remora.spring.actuate;

import io.remora.client.ServiceNames;
import io.remora.client.ServiceTarget;
import io.remora.config.RemoraConfig;
import io.remora.config.ServiceAnnotations;
import io.remora.config.ServiceConfig;
import io.remora.discovery.ServiceId;
import io.remora.embedded.EmbeddedRelay;
import io.remora.embedded.Remora;
import io.remora.internal.Moments;
import io.remora.kubernetes.WatchScope;
import io.remora.registry.Destination;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.ServiceEntry;
import io.remora.spring.actuate.RemoraView.ServiceView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/** Tells which Services are known, which of their endpoints are used and why, and what becomes of requests to a host. */
@Endpoint(id = "remora")
public final class RemoraEndpoint {

    private final Remora remora;
    private final @Nullable EmbeddedRelay relay;
    private final ServiceViews views;
    private final ServiceAnnotations annotations;

    /** @param relay null if connections are not relayed */
    RemoraEndpoint(Remora remora, @Nullable EmbeddedRelay relay, Moments moments) {
        this.remora = remora;
        this.relay = relay;
        this.views = new ServiceViews(remora, moments);
        RemoraConfig config = remora.config();
        this.annotations = new ServiceAnnotations(config.balancer(), config.health());
    }

    /** Everything that is known. */
    @ReadOperation
    RemoraView services() {
        List<ServiceView> services = remora.registry().snapshot().services().stream()
                .sorted(Comparator.comparing(entry -> entry.service().id()))
                .map(views::of)
                .toList();
        return new RemoraView(remora.requests().names().namespace(), source(), relay(), services);
    }

    private @Nullable RelayView relay() {
        return relay == null ? null : RelayView.of(relay);
    }

    /**
     * What becomes of requests to a Service.
     *
     * @param service its name as a host, for example {@code catalog} or {@code catalog.shop.svc}, or its namespace and its
     *     name
     */
    @ReadOperation
    WhyView service(@Selector(match = Selector.Match.ALL_REMAINING) String... service) {
        String asked = String.join("/", service);
        ServiceNames names = remora.requests().names();
        ServiceId id = service.length == 2 ? names.find(service[1] + "." + service[0]) : names.find(asked);
        if (id == null) {
            return unknown(asked, "it goes where its name leads: no Service can be called so");
        }
        RegistrySnapshot snapshot = remora.registry().snapshot();
        ServiceEntry entry = snapshot.service(id);
        return entry == null ? unknown(asked, unknown(id, snapshot)) : known(asked, entry);
    }

    private WhyView known(String asked, ServiceEntry entry) {
        String decision;
        if (entry.exclusion() != null) {
            decision =
                    "it goes where its name leads: Service " + entry.service().id() + " is left alone, "
                            + entry.exclusion().reason();
        } else if (entry.destinations().stream().noneMatch(this::isBalanced)) {
            decision = "it goes where its name leads: only the node's own proxy can balance Service "
                    + entry.service().id() + ", as its internalTrafficPolicy is Local and the node is not known; set"
                    + " remora.node to the downward API's spec.nodeName";
        } else if (entry.destinations().stream()
                .allMatch(destination -> destination.eligible().isEmpty())) {
            decision = "requests to Service " + entry.service().id()
                    + " that Remora sees are refused at once, as it has no endpoint that is ready";
        } else {
            ServiceConfig config = annotations.explain(entry.service());
            decision = "requests to Service " + entry.service().id()
                    + " that Remora sees are balanced, each over the endpoints of its port that are used below: "
                    + config.balancer().policy().description();
        }
        return new WhyView(asked, decision, notes(entry), views.of(entry), source());
    }

    private boolean isBalanced(Destination destination) {
        return remora.requests()
                        .find(ServiceTarget.of(
                                destination.id().service(), destination.port().port()))
                != null;
    }

    private WhyView unknown(String asked, String decision) {
        return new WhyView(asked, decision, List.of(), null, source());
    }

    private String unknown(ServiceId id, RegistrySnapshot snapshot) {
        if (!snapshot.synced()) {
            return "it goes where its name leads once " + hold() + " are over: nothing is known of Service " + id
                    + " yet, and the source of Services has not told all that it knows";
        }
        var kubernetes = remora.config().kubernetes();
        if (!snapshot.exhaustive() && kubernetes.scope() == WatchScope.ON_DEMAND) {
            return "Service " + id + " is not watched now: the next request to it asks whether it is there";
        }
        String where = kubernetes.namespaces().isEmpty()
                ? ""
                : "; those of " + String.join(", ", kubernetes.namespaces())
                        + " are watched, as remora.kubernetes.namespaces has it";
        return "it goes where its name leads: no Service " + id + " is known" + where;
    }

    private String hold() {
        return String.format(
                Locale.ROOT, "%d ms", remora.config().relay().hold().toMillis());
    }

    private List<String> notes(ServiceEntry entry) {
        ServiceConfig config = annotations.explain(entry.service());
        List<String> notes = new ArrayList<>();
        if (!config.annotations().isEmpty()) {
            notes.add("the Service's annotations set "
                    + config.annotations().entrySet().stream()
                            .map((Map.Entry<String, String> each) -> each.getKey() + "=" + each.getValue())
                            .collect(Collectors.joining(", ")));
        }
        config.problems().forEach(problem -> notes.add("annotation ignored: " + problem));
        return notes;
    }

    private SourceView source() {
        return SourceView.of(remora.registry().status());
    }
}
