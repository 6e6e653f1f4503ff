package io.remora.check;

import java.io.PrintWriter;
import tools.jackson.databind.node.ObjectNode;

/** Writes findings. Stateless. */
final class CheckReport {

    private CheckReport() {}

    /** A line for each finding, one more for what to do, and one in the end. */
    static void text(PrintWriter out, Findings findings) {
        int width = findings.all().stream()
                .mapToInt(each -> each.check().length())
                .max()
                .orElse(0);
        for (Finding each : findings.all()) {
            out.println(pad(each.level().label(), 9) + pad(each.check(), width + 2) + each.message());
            if (each.fix() != null) {
                out.println(pad("", width + 11) + "fix: " + each.fix());
            }
        }
        out.println(findings.count(Level.OK) + " ok, " + findings.count(Level.WARNING) + " warnings, "
                + findings.count(Level.FAIL) + " FAIL");
        out.flush();
    }

    /**
     * One JSON object.
     *
     * @param place what was looked at
     */
    static void json(PrintWriter out, String place, String version, Findings findings) {
        ObjectNode root = Reply.JSON.createObjectNode();
        root.put("place", place);
        root.put("version", version);
        root.put("result", findings.worst().label());
        var list = root.putArray("findings");
        for (Finding each : findings.all()) {
            ObjectNode one = list.addObject();
            one.put("check", each.check());
            one.put("result", each.level().label());
            one.put("message", each.message());
            if (each.fix() != null) {
                one.put("fix", each.fix());
            }
        }
        out.println(root);
        out.flush();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
