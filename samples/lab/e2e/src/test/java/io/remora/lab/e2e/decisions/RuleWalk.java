package io.remora.lab.e2e.decisions;

import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import io.remora.lab.e2e.decisions.Ruleset.BaseChain;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Runs a table's rules for a packet as the kernel would, and takes every way where the rules leave it to chance. A statement
 * that it does not know is an error, never skipped.
 */
final class RuleWalk {

    private enum End {
        /** The chain came to its end: its caller goes on. */
        CONTINUE,
        ACCEPT,
        DROP,
        REJECT,
        TRANSLATED
    }

    /**
     * How a chain may end.
     *
     * @param packet as it is then
     * @param affinitySeconds the time for which the packet's sender was noted on the way
     */
    private record Step(End end, Packet packet, long affinitySeconds) {}

    private final Ruleset ruleset;
    private final Expressions expressions;
    private final Set<IpAddress> nodeAddresses;

    /** @param nodeAddresses packets to these end at the node; all others are forwarded */
    RuleWalk(Ruleset ruleset, Set<IpAddress> nodeAddresses) {
        this.ruleset = ruleset;
        this.expressions = new Expressions(ruleset);
        this.nodeAddresses = nodeAddresses;
    }

    /** What becomes of a packet that a pod of the node sends. */
    Fate fate(Packet packet) {
        Set<Step> steps = hook("prerouting", Set.of(new Step(End.ACCEPT, packet, 0)));
        Set<Step> ends = new LinkedHashSet<>();
        for (Step step : steps) {
            boolean local = nodeAddresses.contains(step.packet().destination().ip());
            ends.addAll(hook(local ? "input" : "forward", Set.of(step)));
        }
        Set<Fate.Verdict> verdicts = new LinkedHashSet<>();
        List<String> endpoints = new ArrayList<>();
        Set<Long> affinity = new LinkedHashSet<>();
        for (Step step : ends) {
            boolean translated = !step.packet().equals(packet);
            verdicts.add(verdict(step, translated));
            if (translated) {
                endpoints.add(hostPort(step.packet().destination()));
                affinity.add(step.affinitySeconds());
            }
        }
        if (verdicts.size() > 1 || affinity.size() > 1) {
            throw new IllegalStateException(packet + " has more than one fate: " + ends);
        }
        Fate.Verdict verdict = verdicts.iterator().next();
        return verdict == Fate.Verdict.FORWARD
                ? new Fate(verdict, endpoints, affinity.iterator().next())
                : Fate.of(verdict);
    }

    private static Fate.Verdict verdict(Step step, boolean translated) {
        return switch (step.end()) {
            case DROP -> Fate.Verdict.DROP;
            case REJECT -> Fate.Verdict.REJECT;
            default -> translated ? Fate.Verdict.FORWARD : Fate.Verdict.PASS_THROUGH;
        };
    }

    static String hostPort(TransportAddress address) {
        String ip = address.ip().toString();
        return (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + address.port();
    }

    /** Runs the chains of a hook one after another; a packet that is lost goes no further. */
    private Set<Step> hook(String hook, Set<Step> arriving) {
        Set<Step> steps = arriving;
        for (BaseChain chain : ruleset.baseChains(hook)) {
            Set<Step> next = new LinkedHashSet<>();
            for (Step step : steps) {
                if (isLost(step)) {
                    next.add(step);
                } else {
                    for (Step end : chain(chain.name(), step)) {
                        boolean undecided = end.end() == End.CONTINUE;
                        next.add(undecided && chain.policy().equals("drop") ? end(End.DROP, end) : end);
                    }
                }
            }
            steps = next;
        }
        return steps;
    }

    private static boolean isLost(Step step) {
        return step.end() == End.DROP || step.end() == End.REJECT;
    }

    private static Step end(End end, Step step) {
        return new Step(end, step.packet(), step.affinitySeconds());
    }

    private Set<Step> chain(String name, Step arriving) {
        Set<Step> ends = new LinkedHashSet<>();
        Set<Step> going = Set.of(end(End.CONTINUE, arriving));
        for (JsonNode rule : ruleset.rules(name)) {
            Set<Step> next = new LinkedHashSet<>();
            for (Step step : going) {
                rule(rule, step, next, ends);
            }
            going = next;
        }
        ends.addAll(going);
        return ends;
    }

    /**
     * Runs the statements of one rule.
     *
     * @param next receives the ways that go on with the next rule
     * @param ends receives those that end the chain
     */
    private void rule(JsonNode statements, Step arriving, Set<Step> next, Set<Step> ends) {
        Step step = arriving;
        for (JsonNode statement : statements) {
            String kind = statement.propertyNames().iterator().next();
            JsonNode body = statement.path(kind);
            switch (kind) {
                case "match" -> {
                    if (!expressions.matches(body, step.packet())) {
                        next.add(step);
                        return;
                    }
                }
                case "counter", "mangle" -> {
                    // Marks concern the source address, which is not asked for here.
                }
                case "set" -> {
                    long seconds = ruleset.set(body.path("set").asString()).timeoutSeconds();
                    step = new Step(End.CONTINUE, step.packet(), seconds);
                }
                case "vmap" -> {
                    boolean found = false;
                    for (JsonNode verdict : expressions.lookUp(body, step.packet())) {
                        found = true;
                        verdict(verdict, step, next, ends);
                    }
                    if (!found) {
                        next.add(step);
                    }
                    return;
                }
                case "dnat" -> {
                    for (TransportAddress to : expressions.targets(body, step.packet())) {
                        ends.add(new Step(End.TRANSLATED, step.packet().to(to), step.affinitySeconds()));
                    }
                    return;
                }
                default -> {
                    verdict(statement, step, next, ends);
                    return;
                }
            }
        }
        next.add(step);
    }

    private void verdict(JsonNode verdict, Step step, Set<Step> next, Set<Step> ends) {
        String kind = verdict.propertyNames().iterator().next();
        switch (kind) {
            case "accept" -> ends.add(end(End.ACCEPT, step));
            case "drop" -> ends.add(end(End.DROP, step));
            case "reject" -> ends.add(end(End.REJECT, step));
            case "return" -> ends.add(step);
            case "goto" -> ends.addAll(chain(verdict.path(kind).path("target").asString(), step));
            case "jump" -> {
                for (Step end : chain(verdict.path(kind).path("target").asString(), step)) {
                    (end.end() == End.CONTINUE ? next : ends).add(end);
                }
            }
            default -> throw new IllegalArgumentException("not understood as a statement: " + verdict);
        }
    }
}
