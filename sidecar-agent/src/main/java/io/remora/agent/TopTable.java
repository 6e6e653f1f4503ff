package io.remora.agent;

import io.remora.agent.ServicesView.DestinationView;
import io.remora.agent.ServicesView.EndpointView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Two {@link TopSample}s as a table of what happened in between: the busiest Service first, its endpoints under it. */
final class TopTable {

    private static final double NANOS = 1e9;
    private static final List<String> HEADER =
            List.of("SERVICE / ENDPOINT", "IN FLIGHT", "NEW/S", "FAILED/S", "CONNECTIONS", "FAILURES", "STATE");

    private TopTable() {}

    /** A Service port or an endpoint. */
    private record Row(
            String name,
            long inFlight,
            double perSecond,
            double failedPerSecond,
            long picks,
            long failures,
            String state) {

        List<String> cells() {
            return List.of(
                    name,
                    String.valueOf(inFlight),
                    String.format(Locale.ROOT, "%.1f", perSecond),
                    String.format(Locale.ROOT, "%.1f", failedPerSecond),
                    String.valueOf(picks),
                    String.valueOf(failures),
                    state);
        }
    }

    private record Group(Row head, List<Row> endpoints) {}

    /**
     * Formats them.
     *
     * @param lines at most so many; what does not fit is counted in the last one
     */
    static String format(TopSample before, TopSample now, int lines) {
        double seconds = Math.max(1e-3, (now.nanos() - before.nanos()) / NANOS);
        Map<String, EndpointView> earlier = new HashMap<>();
        for (DestinationView destination : before.view().destinations()) {
            destination.endpoints().forEach(endpoint -> earlier.put(key(destination, endpoint), endpoint));
        }
        List<Group> groups = new ArrayList<>();
        for (DestinationView destination : now.view().destinations()) {
            groups.add(group(destination, earlier, seconds));
        }
        groups.sort(Comparator.comparingDouble((Group group) -> -group.head().perSecond())
                .thenComparing(group -> -group.head().inFlight())
                .thenComparing(group -> group.head().name()));
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADER);
        for (Group group : groups) {
            rows.add(group.head().cells());
            group.endpoints().forEach(endpoint -> rows.add(endpoint.cells()));
        }
        return status(now) + "\n" + table(rows, lines - 2);
    }

    private static Group group(DestinationView destination, Map<String, EndpointView> earlier, double seconds) {
        List<Row> endpoints = new ArrayList<>();
        for (EndpointView endpoint : destination.endpoints()) {
            EndpointView old = earlier.get(key(destination, endpoint));
            // An endpoint that is new, or came back and counts anew, did all of it just now.
            boolean continued = old != null && old.picks() <= endpoint.picks() && old.failures() <= endpoint.failures();
            EndpointView base = continued ? old : null;
            long picks = endpoint.picks() - (base == null ? 0 : base.picks());
            long failures = endpoint.failures() - (base == null ? 0 : base.failures());
            endpoints.add(new Row(
                    "  " + endpoint.address(),
                    endpoint.inFlight(),
                    picks / seconds,
                    failures / seconds,
                    endpoint.picks(),
                    endpoint.failures(),
                    state(endpoint)));
        }
        String name = destination.service()
                + (destination.portName().isEmpty() ? "" : ":" + destination.portName())
                + (destination.family().equals("IPv6") ? " IPv6" : "")
                + (destination.external() ? " (external addresses)" : "");
        return new Group(
                new Row(
                        name,
                        endpoints.stream().mapToLong(Row::inFlight).sum(),
                        endpoints.stream().mapToDouble(Row::perSecond).sum(),
                        endpoints.stream().mapToDouble(Row::failedPerSecond).sum(),
                        endpoints.stream().mapToLong(Row::picks).sum(),
                        endpoints.stream().mapToLong(Row::failures).sum(),
                        destination.used() + " of " + endpoints.size() + " used"
                                + (destination.sick().isEmpty() ? "" : ", " + destination.sick())
                                + (destination.panic() ? ", panic" : "")),
                endpoints);
    }

    private static String state(EndpointView endpoint) {
        EjectionView ejection = endpoint.ejection();
        if (ejection == null) {
            return endpoint.eligible() ? "used" : endpoint.reason();
        }
        return ejection.shortText();
    }

    private static String key(DestinationView destination, EndpointView endpoint) {
        return String.join(
                " ",
                destination.service(),
                destination.portName(),
                destination.family(),
                String.valueOf(destination.external()),
                endpoint.address(),
                String.valueOf(endpoint.pod()));
    }

    private static String status(TopSample now) {
        StatusView status = now.view().status();
        String reasons = status.reasons().isEmpty() ? "" : ": " + String.join("; ", status.reasons());
        return "agent " + status.state() + reasons + "  |  "
                + now.view().destinations().size() + " Service ports";
    }

    private static String table(List<List<String>> rows, int lines) {
        int[] widths = new int[HEADER.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder out = new StringBuilder();
        int shown = rows.size() <= lines ? rows.size() : Math.max(1, lines - 1);
        for (List<String> row : rows.subList(0, shown)) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String padding = " ".repeat(widths[i] - row.get(i).length());
                boolean number = i > 0 && i < row.size() - 1;
                line.append(number ? padding + row.get(i) : row.get(i) + padding)
                        .append("  ");
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        if (shown < rows.size()) {
            out.append("... and ").append(rows.size() - shown).append(" more lines; name a Service to see it alone\n");
        }
        return out.toString();
    }
}
