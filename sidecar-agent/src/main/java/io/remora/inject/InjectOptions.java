package io.remora.inject;

import java.util.Map;

/**
 * What is injected where a pod's annotations do not say otherwise.
 *
 * @param agentImage of the agent
 * @param initImage of the init step
 * @param pullPolicy of both: {@code IfNotPresent}, {@code Always} or {@code Never}
 * @param sidecar what the agent is in its pod
 * @param settings of the init step and the agent, by their flags without dashes, as annotations have them
 */
public record InjectOptions(
        String agentImage, String initImage, String pullPolicy, Sidecar sidecar, Map<String, String> settings) {

    public InjectOptions {
        settings = Map.copyOf(settings);
    }
}
