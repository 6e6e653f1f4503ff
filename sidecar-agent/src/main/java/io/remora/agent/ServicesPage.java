package io.remora.agent;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.remora.agent.ServicesSelection.Order;
import io.remora.agent.ServicesView.NotFound;
import io.remora.agent.ServicesView.UnbalancedView;
import io.remora.balancer.BalancerRegistry;
import io.remora.internal.Moments;
import io.remora.registry.Exclusion;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.ServiceEntry;
import io.remora.registry.ServiceRegistry;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** {@code /services}: Destinations with their endpoints and what was decided about them; all, or those asked for. */
final class ServicesPage implements AdminPage {

    private static final int UNLIMITED = 100_000_000;

    private final ServiceRegistry registry;
    private final DestinationReader reader;
    private final Supplier<StatusView> status;

    ServicesPage(ServiceRegistry registry, BalancerRegistry balancers, Supplier<StatusView> status, Moments moments) {
        this.registry = registry;
        this.reader = new DestinationReader(balancers, moments);
        this.status = status;
    }

    @Override
    public AdminResponse respond(AdminRequest request) {
        RegistrySnapshot snapshot = registry.snapshot();
        List<ServiceEntry> all = snapshot.services();
        String asked = request.parameter("service");
        AskedAddress address = asked == null ? null : AskedAddress.parse(asked);
        List<ServiceEntry> wanted =
                asked == null ? all : address == null ? ServiceNames.matching(asked, all) : address.matching(all);
        if (asked != null && wanted.isEmpty()) {
            NotFound answer = address == null
                    ? new NotFound("no Service named '" + asked + "'", ServiceNames.near(asked, all), snapshot.synced())
                    : new NotFound(address.noMatch(all), List.of(), snapshot.synced());
            return AdminResponse.json(HttpResponseStatus.NOT_FOUND, Json.write(answer));
        }
        ServicesSelection selection;
        int endpoints;
        try {
            String filter = request.parameter("filter", "").strip().toLowerCase(Locale.ROOT);
            int limit = request.number("limit", UNLIMITED, UNLIMITED);
            endpoints = request.number("endpoints", UNLIMITED, UNLIMITED);
            Order order = request.constant("order", Order.NAME);
            selection = ServicesSelection.of(wanted, filter, order, limit, reader::isTroubled);
        } catch (IllegalArgumentException e) {
            return AdminResponse.text(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
        }
        return AdminResponse.pieces(
                AdminResponse.JSON,
                new ServicesStream(
                        status.get(),
                        reader.totals(all),
                        selection,
                        destination -> reader.view(destination, endpoints),
                        this::unbalanced));
    }

    private UnbalancedView unbalanced(ServiceEntry entry) {
        return new UnbalancedView(entry.service().id().toString(), reason(entry));
    }

    private static String reason(ServiceEntry entry) {
        Exclusion exclusion = entry.exclusion();
        return exclusion == null ? "" : exclusion.reason();
    }
}
