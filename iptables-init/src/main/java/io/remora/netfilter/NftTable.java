package io.remora.netfilter;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table as {@code nft -n list table} prints it.
 *
 * @param chains in order
 */
record NftTable(List<Chain> chains) {

    /** One that does not exist. */
    static final NftTable ABSENT = new NftTable(List.of());

    /**
     * A chain of the table.
     *
     * @param hook where it is hooked in; empty for one that is jumped to
     * @param rules in order, without counters, words separated by single spaces
     * @param packets how many packets its rules have counted
     */
    record Chain(String name, String hook, List<String> rules, long packets) {}

    boolean exists() {
        return !chains.isEmpty();
    }

    /** Packets that were redirected so far. */
    long redirected() {
        Chain spread = chain(HashedRules.SPREAD);
        return spread == null ? 0 : spread.packets();
    }

    /** Packets that were left alone so far for their type of service: no other rule of the chain counts. */
    long letThrough() {
        Chain output = chain(HashedRules.OUTPUT);
        return output == null ? 0 : output.packets();
    }

    static NftTable parse(String listing) {
        List<Chain> chains = new ArrayList<>();
        Reader reader = null;
        for (String line : Text.lines(listing)) {
            String text = spaced(line);
            if (text.startsWith("chain ")) {
                reader = new Reader(text.substring("chain ".length(), Math.max(6, text.indexOf(" {"))));
            } else if (reader != null && !reader.add(text)) {
                chains.add(reader.chain());
                reader = null;
            }
        }
        return new NftTable(chains);
    }

    /** What is not as wanted, for people; empty when nothing is. */
    List<String> differences(HashedRules.Chains wanted) {
        List<String> differences = new ArrayList<>();
        if (!exists()) {
            differences.add("table " + HashedRules.TABLE + " is missing");
            return differences;
        }
        for (Chain chain : chains) {
            if (!chain.name().equals(HashedRules.OUTPUT) && !chain.name().equals(HashedRules.SPREAD)) {
                differences.add("chain " + chain.name() + " is not Remora's");
            }
        }
        compare(HashedRules.OUTPUT, HashedRules.HOOK, wanted.output(), differences);
        compare(HashedRules.SPREAD, "", wanted.spread(), differences);
        return differences;
    }

    private void compare(String name, String hook, List<Rule> wanted, List<String> differences) {
        Chain chain = chain(name);
        if (chain == null) {
            differences.add("chain " + name + " is missing");
            return;
        }
        if (!chain.hook().equals(hook)) {
            differences.add("chain " + name + " has the hook '" + chain.hook() + "', wanted '" + hook + "'");
        }
        for (int i = 0; i < Math.max(wanted.size(), chain.rules().size()); i++) {
            String is = i < chain.rules().size() ? chain.rules().get(i) : "missing";
            String should = i < wanted.size() ? wanted.get(i).spec() : "absent";
            if (!canonical(is).equals(canonical(should))) {
                differences.add("rule " + (i + 1) + " of " + name + " is '" + shortened(is) + "', wanted '"
                        + shortened(should) + "'");
            }
        }
    }

    private @Nullable Chain chain(String name) {
        for (Chain chain : chains) {
            if (chain.name().equals(name)) {
                return chain;
            }
        }
        return null;
    }

    /** A rule without the middle of a long map, for people. */
    static String shortened(String rule) {
        int map = rule.indexOf(" map { ");
        int second = map < 0 ? -1 : rule.indexOf(", ", map);
        int last = rule.lastIndexOf(", ");
        return second < 0 || last - second < 40 ? rule : rule.substring(0, second) + ", ..." + rule.substring(last + 1);
    }

    /** Versions of nft differ in how they write a protocol and a single address. */
    private static String canonical(String rule) {
        StringBuilder text = new StringBuilder(rule.length());
        String before = "";
        for (String word : Text.words(rule)) {
            text.append(text.length() == 0 ? "" : " ").append(canonical(before, word));
            before = word.equals("!=") ? before : word;
        }
        return text.toString();
    }

    private static String canonical(String before, String word) {
        if (before.equals("l4proto") && word.equals("6")) {
            return "tcp";
        }
        if (before.equals("dscp") && word.startsWith("0x")) {
            return Integer.toString(Integer.parseInt(word.substring(2), 16));
        }
        if (before.equals("daddr") && !word.equals(".")) {
            try {
                return Cidr.parse(word).toString();
            } catch (IllegalArgumentException someOtherForm) {
                return word;
            }
        }
        return word;
    }

    private static String spaced(String line) {
        StringBuilder text = new StringBuilder(line.length());
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i) == '\t' ? ' ' : line.charAt(i);
            if (c != ' ' || (text.length() > 0 && text.charAt(text.length() - 1) != ' ')) {
                text.append(c);
            }
        }
        return text.toString().trim();
    }

    /** Reads the lines of one chain; a rule with a long map may take several. */
    private static final class Reader {

        private static final String COUNTER = "counter packets ";

        private final String name;
        private final List<String> rules = new ArrayList<>();
        private String hook = "";
        private String begun = "";
        private long packets;

        Reader(String name) {
            this.name = name;
        }

        /** False at the end of the chain. */
        boolean add(String line) {
            String text = begun.isEmpty() ? line : begun + " " + line;
            if (text.equals("}")) {
                return false;
            }
            if (count(text, '{') > count(text, '}')) {
                begun = text;
                return true;
            }
            begun = "";
            if (text.startsWith("type ")) {
                hook = text;
            } else {
                rules.add(withoutCounter(text));
            }
            return true;
        }

        Chain chain() {
            return new Chain(name, hook, rules, packets);
        }

        private String withoutCounter(String rule) {
            int at = rule.indexOf(COUNTER);
            if (at < 0) {
                return rule;
            }
            List<String> words = Text.words(rule.substring(at));
            packets += Math.max(0, Numbers.parseLong(words.get(2)));
            int bytes = rule.indexOf(" bytes ", at);
            int end = rule.indexOf(' ', bytes + " bytes ".length());
            return rule.substring(0, at) + "counter" + (end < 0 ? "" : rule.substring(end));
        }

        private static int count(String text, char c) {
            int count = 0;
            for (int i = 0; i < text.length(); i++) {
                count += text.charAt(i) == c ? 1 : 0;
            }
            return count;
        }
    }
}
