package io.remora.agent;

import io.remora.agent.ServicesView.DestinationView;
import io.remora.agent.ServicesView.EndpointView;
import io.remora.agent.ServicesView.UnbalancedView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link ServicesView} for people: what the API says on the left, what the agent makes of it on the right. */
final class EndpointsTable {

    private static final List<String> HEADER = List.of(
            "ENDPOINT",
            "READY",
            "SERVING",
            "TERMINATING",
            "ZONE",
            "NODE",
            "POD",
            "USED",
            "IN FLIGHT",
            "PICKS",
            "FAILURES");
    private static final int API_COLUMNS = 7;

    private EndpointsTable() {}

    static String format(ServicesView view) {
        StringBuilder out = new StringBuilder();
        if (!view.status().state().equals("ready")) {
            out.append("The agent is ").append(view.status().state()).append(".\n");
            view.status()
                    .reasons()
                    .forEach(reason -> out.append("- ").append(reason).append('\n'));
            out.append('\n');
        }
        for (DestinationView destination : view.destinations()) {
            destination(out, destination);
        }
        for (UnbalancedView unbalanced : view.unbalanced()) {
            out.append(unbalanced.service())
                    .append("  not balanced: ")
                    .append(unbalanced.reason())
                    .append('\n');
        }
        if (view.destinations().isEmpty() && view.unbalanced().isEmpty()) {
            out.append("No Services are known.\n");
        }
        return out.toString();
    }

    private static void destination(StringBuilder out, DestinationView destination) {
        out.append(destination.service());
        if (!destination.portName().isEmpty()) {
            out.append(':').append(destination.portName());
        }
        out.append(destination.external() ? " (external addresses)  " : "  ")
                .append(String.join(", ", destination.addresses()))
                .append("  ")
                .append(destination.used())
                .append(" of ")
                .append(destination.endpoints().size())
                .append(" endpoints used")
                .append(destination.sick().isEmpty() ? "" : ", " + destination.sick())
                .append(destination.breakerOpen() ? "; its circuit breaker is open: connections are reset" : "")
                .append(destination.panic() ? "; panic: so many are ejected that all are used" : "")
                .append('\n');
        String limits =
                destination.balancing() == null ? null : destination.balancing().limits();
        if (limits != null) {
            out.append("  limits: ").append(limits).append('\n');
        }
        if (!destination.endpoints().isEmpty()) {
            Columns columns = Columns.of(destination);
            List<List<String>> rows = new ArrayList<>();
            rows.add(columns.header());
            destination.endpoints().forEach(endpoint -> rows.add(columns.row(endpoint)));
            table(out, rows);
        }
        out.append('\n');
    }

    /**
     * What is shown of the endpoints of one Service port.
     *
     * @param weight whether one of them has a weight of its own
     * @param latency whether the latency of one is known
     */
    private record Columns(boolean panic, boolean weight, boolean latency) {

        static Columns of(DestinationView destination) {
            List<EndpointView> endpoints = destination.endpoints();
            return new Columns(
                    destination.panic(),
                    endpoints.stream().anyMatch(endpoint -> endpoint.weight() != null),
                    endpoints.stream().anyMatch(endpoint -> endpoint.latencyMs() != null));
        }

        List<String> header() {
            List<String> header = new ArrayList<>(HEADER);
            if (weight) {
                header.add("WEIGHT");
            }
            if (latency) {
                header.add("LATENCY");
            }
            header.add("WHY");
            return header;
        }

        List<String> row(EndpointView endpoint) {
            List<String> row = new ArrayList<>(List.of(
                    endpoint.address(),
                    yesNo(endpoint.ready()),
                    yesNo(endpoint.serving()),
                    yesNo(endpoint.terminating()),
                    orDash(endpoint.zone()),
                    orDash(endpoint.node()),
                    orDash(endpoint.pod()),
                    used(endpoint),
                    String.valueOf(endpoint.inFlight()),
                    String.valueOf(endpoint.picks()),
                    String.valueOf(endpoint.failures())));
            if (weight) {
                row.add(endpoint.weight() == null ? "1" : String.valueOf(endpoint.weight()));
            }
            if (latency) {
                row.add(endpoint.latencyMs() == null ? "-" : endpoint.latencyMs() + " ms");
            }
            row.add(why(endpoint));
            return row;
        }

        private String used(EndpointView endpoint) {
            EjectionView ejection = endpoint.ejection();
            return ejection == null || panic ? yesNo(endpoint.eligible()) : ejection.state();
        }

        private static String why(EndpointView endpoint) {
            EjectionView ejection = endpoint.ejection();
            String why = ejection == null ? endpoint.reason() : ejection.text();
            return endpoint.slowStartSeconds() == null
                    ? why
                    : why + "; slow start for " + endpoint.slowStartSeconds() + " s more";
        }
    }

    private static void table(StringBuilder out, List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        int left = 0;
        for (int i = 0; i < API_COLUMNS; i++) {
            left += widths[i] + 2;
        }
        out.append(pad("  the API says", left + 2)).append("| the agent does\n");
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder("  ");
            for (int i = 0; i < row.size(); i++) {
                line.append(i == API_COLUMNS ? "| " : "").append(pad(row.get(i), widths[i] + 2));
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String yesNo(boolean value) {
        return value ? "yes" : "no";
    }

    private static String orDash(@Nullable String text) {
        return text == null ? "-" : text;
    }
}
