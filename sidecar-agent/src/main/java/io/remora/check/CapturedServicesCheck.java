package io.remora.check;

import io.remora.discovery.Cidr;
import java.util.List;

/** Whether all Services that the agent knows are captured. Needs no right to look at ServiceCIDR objects. */
final class CapturedServicesCheck implements Check {

    private final AgentFacts facts;

    CapturedServicesCheck(AgentFacts facts) {
        this.facts = facts;
    }

    @Override
    public String name() {
        return "service-cidrs";
    }

    @Override
    public void run(Findings findings) {
        List<Cidr> captured = facts.captured();
        if (captured.isEmpty()) {
            findings.warning(
                    "the agent was not told what is captured",
                    "give it REMORA_CAPTURE_CIDRS as the init step has it; remora inject does");
            return;
        }
        List<AgentFacts.Balanced> all =
                facts.balanced().stream().filter(each -> !each.external()).toList();
        List<String> outside = all.stream()
                .filter(each -> each.addresses().stream()
                        .noneMatch(address -> captured.stream().anyMatch(cidr -> cidr.contains(address.ip()))))
                .map(each -> each.service() + " (" + each.addresses() + ")")
                .toList();
        if (outside.isEmpty()) {
            findings.ok("all " + all.size() + " Service ports that the agent knows are in " + captured);
        } else {
            String some = String.join(", ", outside.subList(0, Math.min(3, outside.size())));
            String message = outside.size() + " of " + all.size() + " Service ports that the agent knows are not in "
                    + captured + ", so they are not balanced: " + some;
            String fix = "find the cluster's Service CIDRs (kubectl get servicecidrs) and inject with all of them";
            if (outside.size() == all.size()) {
                findings.fail(message, fix);
            } else {
                findings.warning(message, fix);
            }
        }
    }
}
