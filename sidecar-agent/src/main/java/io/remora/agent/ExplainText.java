package io.remora.agent;

import io.remora.agent.ExplainView.AffinityView;
import io.remora.agent.ExplainView.ClientView;
import io.remora.agent.ExplainView.EndpointView;
import io.remora.agent.ExplainView.FrontendView;
import io.remora.agent.ExplainView.UseView;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An {@link ExplainView} for people: the decision first, then the steps that led to it, in the order of the connection. */
final class ExplainText {

    private static final int LABEL = 11;
    private static final String INDENT = "  ";

    private final ExplainView view;
    private final StringBuilder out = new StringBuilder();

    private ExplainText(ExplainView view) {
        this.view = view;
    }

    static String format(ExplainView view) {
        ExplainText text = new ExplainText(view);
        text.headline();
        text.steps();
        text.notes();
        return text.out.toString();
    }

    private void headline() {
        out.append(view.target());
        String address = address();
        if (address != null && !address.equals(view.target())) {
            out.append(" (").append(address).append(')');
        }
        out.append(": ").append(headline(view.decision())).append("\n\n");
    }

    private String headline(String decision) {
        FrontendView frontend = view.frontend();
        String service = frontend == null ? "" : " Service " + frontend.service();
        return switch (decision) {
            case "forward" -> {
                int used = used();
                yield used == 0
                        ? "fails at once: every endpoint of" + service + " is ejected"
                        : "forwarded to " + (used == 1 ? "the one endpoint" : "one of " + used + " endpoints") + " of"
                                + service + sick();
            }
            case "reject" -> "fails at once: " + view.reason();
            default -> "passed through, as if Remora were not there";
        };
    }

    private void steps() {
        line("client", client(view.client()));
        line("captured", captured());
        FrontendView frontend = view.frontend();
        if (frontend == null) {
            line("service", view.reason());
        } else {
            line("service", service(frontend));
        }
        if (frontend != null && frontend.portName() != null) {
            line("endpoints", view.reason() + countText());
            table();
        }
        AffinityView affinity = view.affinity();
        if (affinity != null) {
            line(
                    "affinity",
                    "ClientIP: a client's connections stay with one endpoint until it makes none for "
                            + affinity.seconds()
                            + " s"
                            + (affinity.bound() == null ? "" : "; this client is bound to " + affinity.bound()));
        }
        if (view.policy() != null) {
            String origin = view.policy().origin();
            line(
                    "choice",
                    view.policy().name() + ": " + view.policy().description()
                            + (origin == null ? "" : " (" + origin + ")"));
        }
        if (view.zones() != null) {
            line("zones", view.zones());
        }
        BalancingView balancing = view.balancing();
        if (balancing != null && balancing.breakerOpen()) {
            line(
                    "breaker",
                    "the circuit breaker of this port is open: connections are reset at once, but for a few that try");
        }
        if (balancing != null && balancing.panic()) {
            line("panic", "so many endpoints are ejected that all are used, as if none were");
        }
        if (balancing != null && balancing.limits() != null) {
            line("limits", balancing.limits());
        }
        line("outcome", outcome());
    }

    private String captured() {
        Boolean captured = view.capture().captured();
        String answer = captured == null ? "" : captured ? "yes: " : "no: ";
        return answer + view.capture().reason();
    }

    private String service(FrontendView frontend) {
        String port = frontend.portName() == null
                ? ", which has no TCP port " + view.port()
                : frontend.portName().isEmpty() ? "" : ", port " + frontend.portName();
        return frontend.service() + port + ": " + view.address() + " is its " + frontend.kind();
    }

    private String countText() {
        int all = view.endpoints().size();
        return all == 0 ? "" : ": " + eligible() + " of " + all;
    }

    private int eligible() {
        return (int) view.endpoints().stream().filter(EndpointView::eligible).count();
    }

    /** Endpoints that the connection may go to now. */
    private int used() {
        return (int) view.endpoints().stream().filter(this::isUsed).count();
    }

    private boolean isUsed(EndpointView endpoint) {
        EjectionView ejection = endpoint.ejection();
        return endpoint.eligible() && (ejection == null || !ejection.isEjected() || panic());
    }

    private boolean panic() {
        return view.balancing() != null && view.balancing().panic();
    }

    private String sick() {
        String sick = view.balancing() == null ? "" : view.balancing().sick();
        return sick.isEmpty() ? "" : ", " + sick;
    }

    private String outcome() {
        List<String> steps = view.steps();
        if (view.failure() != null) {
            return view.failure();
        }
        if (steps == null) {
            return "the connection goes to " + (address() == null ? "where the app dials" : address()) + " itself";
        }
        return "dialled at once, before the app has sent a byte; refused: the next endpoint at once; no answer after "
                + String.join(", ", steps) + ": one more beside it, " + (steps.size() + 1)
                + " in all; the first to connect gets the connection";
    }

    private static String client(ClientView client) {
        String address = client.address() == null ? "address not given" : client.address();
        String node = client.node() == null ? ", node not known" : ", on node " + client.node();
        String zone = client.zone() == null
                ? (client.zoneSource().equals("given") ? ", in no zone" : ", zone not known")
                : ", zone " + client.zone()
                        + (client.zoneSource().equals("given") ? "" : " (" + client.zoneSource() + ")");
        return address + node + zone;
    }

    private void table() {
        if (view.endpoints().isEmpty()) {
            return;
        }
        boolean used = view.endpoints().stream().anyMatch(endpoint -> endpoint.use() != null);
        List<List<String>> rows = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("USED", "ENDPOINT", "STATE", "ZONE", "NODE", "POD"));
        if (used) {
            header.addAll(List.of("IN FLIGHT", "PICKS", "FAILURES"));
        }
        header.add("WHY");
        rows.add(header);
        view.endpoints().forEach(endpoint -> rows.add(row(endpoint, used)));
        int[] widths = new int[header.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(INDENT + " ".repeat(LABEL));
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
    }

    private List<String> row(EndpointView endpoint, boolean used) {
        List<String> row = new ArrayList<>(List.of(
                answer(endpoint),
                hostPort(endpoint.address(), endpoint.port()),
                endpoint.state(),
                orDash(endpoint.zone()),
                orDash(endpoint.node()),
                orDash(endpoint.pod())));
        if (used) {
            UseView use = endpoint.use();
            row.addAll(
                    use == null
                            ? List.of("-", "-", "-")
                            : List.of(
                                    String.valueOf(use.inFlight()),
                                    String.valueOf(use.picks()),
                                    String.valueOf(use.failures())));
        }
        row.add(
                endpoint.ejection() == null
                        ? endpoint.reason()
                        : endpoint.ejection().text());
        return row;
    }

    private String answer(EndpointView endpoint) {
        EjectionView ejection = endpoint.ejection();
        return ejection == null || panic() ? (endpoint.eligible() ? "yes" : "no") : ejection.state();
    }

    private void notes() {
        if (!view.notes().isEmpty()) {
            out.append('\n')
                    .append(view.notes().stream()
                            .map(note -> INDENT + "note: " + note + "\n")
                            .collect(Collectors.joining()));
        }
    }

    private void line(String label, String text) {
        out.append(INDENT)
                .append(label)
                .append(" ".repeat(LABEL - label.length()))
                .append(text)
                .append('\n');
    }

    private @Nullable String address() {
        String address = view.address();
        return address == null
                ? null
                : hostPort(address, view.port()) + (view.protocol().equals("TCP") ? "" : "/" + view.protocol());
    }

    private static String hostPort(String address, int port) {
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
    }

    private static String orDash(@Nullable String text) {
        return text == null ? "-" : text;
    }
}
