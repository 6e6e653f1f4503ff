package io.remora.netfilter;

import java.util.ArrayList;
import java.util.List;

/**
 * The one transaction that takes a nat table from what it is to what it should be, touching nothing but Remora's own
 * chains and the jumps to them; pure functions.
 *
 * @param restoreText input for {@code iptables-restore --noflush}; empty when nothing is to be changed
 * @param reasons what differs, for people; empty when nothing is to be changed
 */
record TableChange(String restoreText, List<String> reasons) {

    private static final TableChange NONE = new TableChange("", List.of());

    /** Whether the table is as it should be. */
    boolean isEmpty() {
        return reasons.isEmpty();
    }

    /** Makes the chain hold exactly these rules, reached by exactly one jump; no rules: removes all. */
    static TableChange replace(NatTable table, List<Rule> rules) {
        if (rules.isEmpty()) {
            return remove(table);
        }
        List<String> reasons = chainDifferences(table, rules);
        List<NatTable.Entry> jumps = table.leadingTo(CaptureRules.CHAIN);
        boolean jumpRight = jumps.size() == 1 && isJump(jumps.get(0));
        if (!jumpRight) {
            reasons.add(jumpDifference(jumps));
        }
        boolean leftover = table.chains().contains(CaptureRules.PROBE_CHAIN);
        if (leftover) {
            reasons.add("chain " + CaptureRules.PROBE_CHAIN + " was left behind");
        }
        if (reasons.isEmpty()) {
            return NONE;
        }
        StringBuilder text = new StringBuilder(1024);
        text.append("*nat\n:").append(CaptureRules.CHAIN).append(" - [0:0]\n");
        if (!jumpRight) {
            appendDeletes(text, jumps);
        }
        for (Rule rule : rules) {
            text.append("-A ")
                    .append(CaptureRules.CHAIN)
                    .append(' ')
                    .append(rule.spec())
                    .append('\n');
        }
        if (!jumpRight) {
            // First in the hook: a rule that takes everything must not come before it.
            text.append("-I ")
                    .append(CaptureRules.HOOK)
                    .append(" 1 ")
                    .append(CaptureRules.JUMP.spec())
                    .append('\n');
        }
        if (leftover) {
            appendRemoval(text, table, CaptureRules.PROBE_CHAIN);
        }
        return new TableChange(text.append("COMMIT\n").toString(), reasons);
    }

    /** Removes Remora's chains and every jump to them. */
    static TableChange remove(NatTable table) {
        List<String> reasons = new ArrayList<>();
        StringBuilder text = new StringBuilder(256).append("*nat\n");
        for (String chain : List.of(CaptureRules.CHAIN, CaptureRules.PROBE_CHAIN)) {
            if (table.chains().contains(chain)) {
                reasons.add("chain " + chain + " is to go (rules: "
                        + table.of(chain).size() + ", jumps to it: "
                        + table.leadingTo(chain).size() + ")");
                appendRemoval(text, table, chain);
            }
        }
        return reasons.isEmpty()
                ? NONE
                : new TableChange(text.append("COMMIT\n").toString(), reasons);
    }

    private static List<String> chainDifferences(NatTable table, List<Rule> rules) {
        List<String> differences = new ArrayList<>();
        if (!table.chains().contains(CaptureRules.CHAIN)) {
            differences.add("chain " + CaptureRules.CHAIN + " is missing");
            return differences;
        }
        List<NatTable.Entry> present = table.of(CaptureRules.CHAIN);
        for (int i = 0; i < Math.max(rules.size(), present.size()); i++) {
            String is = i < present.size() ? present.get(i).spec() : "missing";
            String wanted = i < rules.size() ? rules.get(i).spec() : "absent";
            if (!RuleForm.same(is, wanted)) {
                differences.add("rule " + (i + 1) + " is '" + is + "', wanted '" + wanted + "'");
            }
        }
        return differences;
    }

    private static boolean isJump(NatTable.Entry entry) {
        return entry.chain().equals(CaptureRules.HOOK) && RuleForm.same(entry.spec(), CaptureRules.JUMP.spec());
    }

    private static String jumpDifference(List<NatTable.Entry> jumps) {
        String wanted = "'-A " + CaptureRules.HOOK + " " + CaptureRules.JUMP.spec() + "'";
        if (jumps.isEmpty()) {
            return "the jump " + wanted + " is missing";
        }
        if (jumps.size() == 1) {
            NatTable.Entry only = jumps.get(0);
            return "the jump is '-A " + only.chain() + " " + only.spec() + "', wanted " + wanted;
        }
        return jumps.size() + " jumps to " + CaptureRules.CHAIN + ", wanted one: " + wanted;
    }

    private static void appendDeletes(StringBuilder text, List<NatTable.Entry> jumps) {
        for (NatTable.Entry jump : jumps) {
            if (jump.chain().equals(CaptureRules.CHAIN)) {
                continue; // flushed already
            }
            text.append("-D ")
                    .append(jump.chain())
                    .append(' ')
                    .append(jump.spec())
                    .append('\n');
        }
    }

    private static void appendRemoval(StringBuilder text, NatTable table, String chain) {
        appendDeletes(text, table.leadingTo(chain));
        text.append("-F ").append(chain).append("\n-X ").append(chain).append('\n');
    }
}
