package io.remora.netfilter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Compares rules by meaning: versions of iptables differ in the order of matches, in whether they name an implied
 * match, and in how they write a protocol or a single address.
 */
final class RuleForm {

    private RuleForm() {}

    /** Whether two rule specifications mean the same. */
    static boolean same(String left, String right) {
        return left.equals(right) || groups(left).equals(groups(right));
    }

    /** Each option with its values, canonical, in an order of its own. */
    private static List<String> groups(String spec) {
        List<String> groups = new ArrayList<>();
        StringBuilder group = new StringBuilder();
        int at = 0;
        while (at < spec.length()) {
            int end = spec.indexOf(' ', at);
            end = end < 0 ? spec.length() : end;
            String word = spec.substring(at, end);
            at = end + 1;
            boolean starts = word.equals("!")
                    || (word.startsWith("-") && !group.toString().equals("! "));
            if (starts && group.length() > 0) {
                add(groups, group.toString().trim());
                group.setLength(0);
            }
            group.append(word).append(' ');
        }
        add(groups, group.toString().trim());
        Collections.sort(groups);
        return groups;
    }

    private static void add(List<String> groups, String group) {
        int space = group.lastIndexOf(' ');
        if (group.isEmpty() || group.equals("-m tcp")) {
            return;
        }
        if (space < 0) {
            groups.add(group);
            return;
        }
        String option = group.substring(0, space);
        String value = group.substring(space + 1);
        groups.add(canonicalOption(option) + " " + canonicalValue(option, value));
    }

    private static String canonicalOption(String option) {
        return switch (option) {
            case "--jump" -> "-j";
            case "--protocol" -> "-p";
            case "--destination" -> "-d";
            case "--out-interface" -> "-o";
            case "--to-port" -> "--to-ports";
            case "--destination-port" -> "--dport";
            case "--destination-ports" -> "--dports";
            default -> option;
        };
    }

    private static String canonicalValue(String option, String value) {
        if (option.equals("-p") && value.equals("6")) {
            return "tcp";
        }
        if (option.equals("--dscp") && value.startsWith("0x")) {
            return Integer.toString(Integer.parseInt(value.substring(2), 16));
        }
        if (option.equals("-d")) {
            try {
                return Cidr.parse(value).toString();
            } catch (IllegalArgumentException someOtherForm) {
                return value;
            }
        }
        return value;
    }
}
