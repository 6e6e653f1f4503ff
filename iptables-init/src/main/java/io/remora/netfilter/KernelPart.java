package io.remora.netfilter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the rules use of the kernel, each with the module that brings it. */
enum KernelPart {
    NAT_TABLE("the nat table (modules iptable_nat, ip6table_nat or nft_chain_nat)", ""),
    OWNER("the owner match (module xt_owner)", "-m owner"),
    DSCP("the dscp match (module xt_dscp)", "-m dscp"),
    MULTIPORT("the multiport match (module xt_multiport)", "-m multiport"),
    REDIRECT("the REDIRECT target (module xt_REDIRECT)", "-j REDIRECT");

    private final String title;
    private final String mark;

    KernelPart(String title, String mark) {
        this.title = title;
        this.mark = mark;
    }

    String title() {
        return title;
    }

    /** A rule that needs this part and none of the later ones; null when the rules do not use it. */
    @Nullable
    Rule example(List<Rule> rules) {
        if (this == NAT_TABLE) {
            return new Rule("-o lo -j RETURN", title);
        }
        for (Rule rule : rules) {
            int target = rule.spec().indexOf("-j ");
            if (rule.spec().contains(mark)) {
                String reduced = this == REDIRECT
                        ? "-p tcp " + rule.spec().substring(target)
                        : rule.spec().substring(0, target) + "-j RETURN";
                return new Rule(reduced, title);
            }
        }
        return null;
    }
}
