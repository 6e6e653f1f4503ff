package io.remora.netfilter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The plan for people: each rule as the program takes it, next to what it is for. */
final class PlanText {

    private static final int MAX_COLUMN = 88;

    private PlanText() {}

    /** The rules of iptables. */
    static void print(Family family, List<Rule> rules, Consumer<String> out) {
        List<Rule> lines = new ArrayList<>();
        lines.add(new Rule("-I " + CaptureRules.HOOK + " 1 " + CaptureRules.JUMP.spec(), CaptureRules.JUMP.purpose()));
        for (Rule rule : rules) {
            lines.add(new Rule("-A " + CaptureRules.CHAIN + " " + rule.spec(), rule.purpose()));
        }
        print(family.title() + " plan, nat table:", lines, out);
    }

    static void print(String title, List<Rule> rules, Consumer<String> out) {
        int column = 0;
        for (Rule rule : rules) {
            column = Math.max(column, rule.spec().length());
        }
        column = Math.min(column, MAX_COLUMN);
        out.accept(title);
        for (Rule rule : rules) {
            out.accept(line(rule.spec(), rule.purpose(), column));
        }
    }

    private static String line(String rule, String purpose, int column) {
        StringBuilder line = new StringBuilder("  ").append(rule);
        while (line.length() < column + 2) {
            line.append(' ');
        }
        return line.append("  # ").append(purpose).toString();
    }
}
