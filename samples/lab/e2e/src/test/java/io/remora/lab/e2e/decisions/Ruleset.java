package io.remora.lab.e2e.decisions;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One nftables table as {@code nft -j list table} writes it. Immutable. */
final class Ruleset {

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * A chain that the kernel runs by itself.
     *
     * @param policy what becomes of a packet that no rule decided about
     */
    record BaseChain(String name, String hook, int priority, String policy) {}

    private final List<BaseChain> baseChains = new ArrayList<>();
    private final Map<String, List<JsonNode>> rules = new HashMap<>();
    private final Map<String, NamedSet> sets = new HashMap<>();

    private Ruleset() {}

    static Ruleset parse(String json) {
        Ruleset ruleset = new Ruleset();
        for (JsonNode entry : JSON.readTree(json).path("nftables")) {
            ruleset.add(entry);
        }
        ruleset.baseChains.sort(Comparator.comparingInt(BaseChain::priority));
        return ruleset;
    }

    private void add(JsonNode entry) {
        if (entry.has("chain")) {
            JsonNode chain = entry.path("chain");
            rules.put(chain.path("name").asString(), new ArrayList<>());
            if (chain.has("hook")) {
                baseChains.add(new BaseChain(
                        chain.path("name").asString(),
                        chain.path("hook").asString(),
                        chain.path("prio").asInt(),
                        chain.path("policy").asString()));
            }
        } else if (entry.has("rule")) {
            JsonNode rule = entry.path("rule");
            rules(rule.path("chain").asString()).add(rule.path("expr"));
        } else if (entry.has("set") || entry.has("map")) {
            JsonNode set = entry.has("set") ? entry.path("set") : entry.path("map");
            sets.put(set.path("name").asString(), NamedSet.of(set));
        }
    }

    /** The chains of a hook in the order in which the kernel runs them. */
    List<BaseChain> baseChains(String hook) {
        return baseChains.stream().filter(chain -> chain.hook().equals(hook)).toList();
    }

    /** The statements of each rule. */
    List<JsonNode> rules(String chain) {
        List<JsonNode> found = rules.get(chain);
        if (found == null) {
            throw new IllegalArgumentException("the table has no chain " + chain);
        }
        return found;
    }

    /** A set or map by its reference, {@code @name}. */
    NamedSet set(String reference) {
        NamedSet found = sets.get(reference.substring(1));
        if (found == null) {
            throw new IllegalArgumentException("the table has no set " + reference);
        }
        return found;
    }
}
