package io.remora.check;

import tools.jackson.databind.JsonNode;

/** Whether the agent is ready, and hears of the API server. */
final class AgentCheck implements Check {

    private static final double LONGEST_SILENCE = 90;

    private final AgentFacts facts;

    AgentCheck(AgentFacts facts) {
        this.facts = facts;
    }

    @Override
    public String name() {
        return "agent";
    }

    @Override
    public void run(Findings findings) {
        JsonNode status = facts.status();
        String version = status.path("version").asString("?");
        String state = status.path("state").asString("?");
        StringBuilder reasons = new StringBuilder();
        for (JsonNode reason : status.path("reasons")) {
            reasons.append(reasons.isEmpty() ? ": " : "; ").append(reason.asString(""));
        }
        if (state.equals("ready")) {
            findings.ok("version " + version + " is ready");
        } else {
            findings.warning(
                    "version " + version + " is " + state + reasons,
                    state.equals("starting")
                            ? "ask again in a moment"
                            : "see its log: kubectl logs POD -c remora; and docs/agent.md");
        }
        watch(findings, status);
    }

    private static void watch(Findings findings, JsonNode status) {
        JsonNode age = status.path("watchAgeSeconds");
        String heard = age.isNumber() ? "last heard of " + Math.round(age.asDouble()) + " s ago" : "never heard of";
        if (!status.path("synced").asBoolean(false)) {
            findings.fail(
                    "the Services are not known yet, so connections pass through unbalanced (API server " + heard + ")",
                    "see the check rights; and the log, which says why: kubectl logs POD -c remora");
        } else if (!status.path("connected").asBoolean(false) || age.asDouble(0) > LONGEST_SILENCE) {
            findings.warning(
                    "the API server is away (" + heard + "): the last known state is in use",
                    "see the log, which says why: kubectl logs POD -c remora");
        } else {
            findings.ok(status.path("watches").asInt(0) + " watches, the API server " + heard);
        }
        long malformed = status.path("malformedObjects").asLong(0);
        if (malformed > 0) {
            findings.warning(
                    malformed + " objects of the API server could not be read and were skipped",
                    "see the log, which names them: kubectl logs POD -c remora");
        }
    }
}
