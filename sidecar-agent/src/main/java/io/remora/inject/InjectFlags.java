package io.remora.inject;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of every command that injects. */
public final class InjectFlags {

    @Option(
            names = "--service-cidr",
            paramLabel = "CIDR,...",
            description = "Service CIDRs of the cluster: kubectl get servicecidrs.")
    private @Nullable String serviceCidr;

    @Option(
            names = "--sidecar",
            paramLabel = "native|plain",
            defaultValue = "native",
            description =
                    "What the agent is: a native sidecar (Kubernetes 1.29 and newer), or the first of the containers,"
                            + " for older clusters (default: ${DEFAULT-VALUE}).")
    private String sidecar = "";

    @Option(
            names = "--agent-image",
            paramLabel = "IMAGE",
            defaultValue = "remora-agent",
            description = "Image of the agent (default: ${DEFAULT-VALUE}).")
    private String agentImage = "";

    @Option(
            names = "--init-image",
            paramLabel = "IMAGE",
            defaultValue = "remora-iptables-init",
            description = "Image of the init step (default: ${DEFAULT-VALUE}).")
    private String initImage = "";

    @Option(
            names = "--image-pull-policy",
            paramLabel = "POLICY",
            defaultValue = "IfNotPresent",
            description = "Of both images (default: ${DEFAULT-VALUE}).")
    private String pullPolicy = "";

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "A setting of the init step or the agent, by its flag without dashes; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    /** For picocli, which sets what the user gave. */
    public InjectFlags() {}

    /** Whether the Service CIDRs are given, in one of the two ways. */
    public boolean hasServiceCidr() {
        return serviceCidr != null || settings.containsKey(PodSettings.SERVICE_CIDR);
    }

    /**
     * What the options say.
     *
     * @throws ParameterException if one of them is wrong; the message names it
     */
    public InjectOptions options(CommandLine command) {
        Map<String, String> given = new LinkedHashMap<>(settings);
        if (serviceCidr != null) {
            given.put(PodSettings.SERVICE_CIDR, serviceCidr);
        }
        for (String name : given.keySet()) {
            String hint = PodSettings.hint(name);
            if (hint != null) {
                throw new ParameterException(command, "--set " + name + ": there is no such setting" + hint);
            }
        }
        Sidecar kind = Sidecar.named(sidecar)
                .orElseThrow(
                        () -> new ParameterException(command, "--sidecar " + sidecar + ": give one of native, plain"));
        return new InjectOptions(agentImage, initImage, pullPolicy, kind, given);
    }
}
