package io.remora.agent;

import io.remora.agent.ServicesView.DestinationView;
import io.remora.agent.ServicesView.EndpointView;
import io.remora.agent.ServicesView.UnbalancedView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link ServicesView} for people: what the API says on the left, what the agent makes of it on the right. */
final class EndpointsTable {

    private static final String[] HEADER = {
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
        "FAILURES",
        "WHY"
    };
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
        long used =
                destination.endpoints().stream().filter(EndpointView::eligible).count();
        out.append(destination.service());
        if (!destination.portName().isEmpty()) {
            out.append(':').append(destination.portName());
        }
        out.append(destination.external() ? " (external addresses)  " : "  ")
                .append(String.join(", ", destination.addresses()))
                .append("  ")
                .append(used)
                .append(" of ")
                .append(destination.endpoints().size())
                .append(" endpoints used\n");
        if (!destination.endpoints().isEmpty()) {
            List<String[]> rows = new ArrayList<>();
            rows.add(HEADER);
            destination.endpoints().forEach(endpoint -> rows.add(row(endpoint)));
            table(out, rows);
        }
        out.append('\n');
    }

    private static String[] row(EndpointView endpoint) {
        return new String[] {
            endpoint.address(),
            yesNo(endpoint.ready()),
            yesNo(endpoint.serving()),
            yesNo(endpoint.terminating()),
            orDash(endpoint.zone()),
            orDash(endpoint.node()),
            orDash(endpoint.pod()),
            yesNo(endpoint.eligible()),
            String.valueOf(endpoint.inFlight()),
            String.valueOf(endpoint.picks()),
            String.valueOf(endpoint.failures()),
            endpoint.reason()
        };
    }

    private static void table(StringBuilder out, List<String[]> rows) {
        int[] widths = new int[HEADER.length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        int left = 0;
        for (int i = 0; i < API_COLUMNS; i++) {
            left += widths[i] + 2;
        }
        out.append(pad("  the API says", left + 2)).append("| the agent does\n");
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder("  ");
            for (int i = 0; i < row.length; i++) {
                line.append(i == API_COLUMNS ? "| " : "").append(pad(row[i], widths[i] + 2));
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
