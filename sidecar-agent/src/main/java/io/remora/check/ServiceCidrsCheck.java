package io.remora.check;

import io.remora.discovery.Cidr;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Whether what is captured is what the cluster has. */
final class ServiceCidrsCheck implements Check {

    private static final String HOW = "kubectl get servicecidrs, or the API server's --service-cluster-ip-range";

    private final Cluster cluster;
    private final CheckTarget target;

    ServiceCidrsCheck(Cluster cluster, CheckTarget target) {
        this.cluster = cluster;
        this.target = target;
    }

    @Override
    public String name() {
        return "service-cidrs";
    }

    @Override
    public void run(Findings findings) {
        ServiceNetwork network = ServiceNetwork.of(cluster);
        Map<String, List<String>> configured = configured();
        if (network.cidrs().isEmpty()) {
            findings.warning(
                    "the cluster's Service CIDRs are not known: " + network.source(),
                    "find them (" + HOW + ") and give them by --service-cidr to remora inject, or to the webhook");
            return;
        }
        String all = text(network.cidrs());
        if (configured.isEmpty()) {
            findings.ok("the cluster has " + all + " (" + network.source() + "); inject with --service-cidr " + all);
        }
        configured.forEach((cidrs, who) -> compare(findings, network, cidrs, who));
    }

    /** Who is told what, by what it is. */
    private Map<String, List<String>> configured() {
        Map<String, List<String>> configured = new LinkedHashMap<>();
        if (!target.serviceCidrs().isEmpty()) {
            note(configured, String.join(",", target.serviceCidrs()), "--service-cidr");
        }
        WebhookObjects webhook = WebhookObjects.of(cluster);
        if (webhook != null && !webhook.serviceCidrs().isEmpty()) {
            note(configured, webhook.serviceCidrs(), "the webhook");
        }
        for (InjectedPod pod : InjectedPod.of(cluster.get(InjectedPod.path(target.namespace())))) {
            if (!pod.captured().isEmpty()) {
                note(configured, pod.captured(), "pod " + pod.name());
            }
        }
        return configured;
    }

    private static void note(Map<String, List<String>> configured, String cidrs, String who) {
        configured.computeIfAbsent(cidrs, key -> new ArrayList<>()).add(who);
    }

    private static void compare(Findings findings, ServiceNetwork network, String text, List<String> who) {
        List<Cidr> captured = new ArrayList<>();
        for (String each : text.split("[,\\s]+", -1)) {
            Cidr.tryParseRangeOrAddress(each).ifPresent(captured::add);
        }
        List<Cidr> missing = network.cidrs().stream()
                .filter(cidr -> captured.stream().noneMatch(each -> covers(each, cidr)))
                .toList();
        List<Cidr> foreign = captured.stream()
                .filter(each -> network.cidrs().stream().noneMatch(cidr -> covers(cidr, each) || covers(each, cidr)))
                .toList();
        String subject = some(who) + ": captured is " + text;
        String fix = "inject with --service-cidr " + text(network.cidrs()) + " (" + network.source() + ")";
        if (foreign.size() == captured.size()) {
            findings.fail(subject + ", and the Services are in " + text(network.cidrs()) + ": none is balanced", fix);
        } else if (!missing.isEmpty()) {
            findings.warning(
                    subject + ", which is not all of the cluster's " + text(network.cidrs())
                            + ": Services elsewhere in it are not balanced",
                    fix);
        } else if (!foreign.isEmpty()) {
            findings.warning(
                    subject + ", of which no Service of the cluster is in " + text(foreign),
                    fix + ", unless those are external or load balancer addresses that you want captured");
        } else {
            findings.ok(subject + ", as the cluster has (" + network.source() + ")");
        }
    }

    /** Whether one range holds the whole of another one. */
    private static boolean covers(Cidr outer, Cidr inner) {
        return outer.prefix() <= inner.prefix() && outer.contains(inner.base());
    }

    private static String text(List<Cidr> cidrs) {
        return cidrs.stream().map(Cidr::toString).collect(Collectors.joining(","));
    }

    private static String some(List<String> who) {
        return who.size() <= 3
                ? String.join(", ", who)
                : String.join(", ", who.subList(0, 2)) + " and " + (who.size() - 2) + " more";
    }
}
