package io.remora.netfilter;

import java.util.List;
import java.util.function.Consumer;

/** The plan for people: each rule as iptables takes it, next to what it is for. */
final class PlanText {

    private static final int MAX_COLUMN = 88;

    private PlanText() {}

    static void print(Family family, List<Rule> rules, Consumer<String> out) {
        String jump = "-I " + CaptureRules.HOOK + " 1 " + CaptureRules.JUMP.spec();
        int column = jump.length();
        for (Rule rule : rules) {
            column = Math.max(column, spec(rule).length());
        }
        column = Math.min(column, MAX_COLUMN);
        out.accept(family.title() + " plan, nat table:");
        out.accept(line(jump, CaptureRules.JUMP.purpose(), column));
        for (Rule rule : rules) {
            out.accept(line(spec(rule), rule.purpose(), column));
        }
    }

    private static String spec(Rule rule) {
        return "-A " + CaptureRules.CHAIN + " " + rule.spec();
    }

    private static String line(String rule, String purpose, int column) {
        StringBuilder line = new StringBuilder("  ").append(rule);
        while (line.length() < column + 2) {
            line.append(' ');
        }
        return line.append("  # ").append(purpose).toString();
    }
}
