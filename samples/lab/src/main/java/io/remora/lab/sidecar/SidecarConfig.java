package io.remora.lab.sidecar;

import io.remora.lab.app.Apps;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a sidecar runs. Immutable; each method returns a changed copy.
 *
 * @param agentJar {@code remora.jar}
 * @param initJar {@code remora-iptables-init.jar}
 * @param java the {@code java} program that runs both
 * @param jvmOptions of the agent
 * @param environment settings of the agent, {@code REMORA_*}
 * @param initArguments more arguments of the init step, on top of the lab's service CIDRs
 * @param noFile limit of the agent's open files; 0 leaves this JVM's
 * @param kubeconfig what the agent reaches the API server with; null makes a ServiceAccount with the agent's rights
 */
public record SidecarConfig(
        Path agentJar,
        Path initJar,
        Path java,
        List<String> jvmOptions,
        Map<String, String> environment,
        List<String> initArguments,
        int noFile,
        @Nullable Path kubeconfig) {

    /** What a small container gives to the agent. */
    public static final List<String> SMALL_JVM = List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:-UsePerfData");

    public SidecarConfig {
        jvmOptions = List.copyOf(jvmOptions);
        environment = Map.copyOf(environment);
        initArguments = List.copyOf(initArguments);
    }

    /** With {@link #SMALL_JVM} on the JDK that runs this JVM, and up to 20,000 open files. */
    public static SidecarConfig of(Path agentJar, Path initJar) {
        return new SidecarConfig(agentJar, initJar, Apps.java(), SMALL_JVM, Map.of(), List.of(), 20_000, null);
    }

    /** On another JDK, named by its {@code java} program. */
    public SidecarConfig java(Path program) {
        return new SidecarConfig(
                agentJar, initJar, program, jvmOptions, environment, initArguments, noFile, kubeconfig);
    }

    public SidecarConfig jvmOptions(List<String> options) {
        return new SidecarConfig(agentJar, initJar, java, options, environment, initArguments, noFile, kubeconfig);
    }

    /** With one more setting of the agent. */
    public SidecarConfig env(String variable, String value) {
        Map<String, String> more = new LinkedHashMap<>(environment);
        more.put(variable, value);
        return new SidecarConfig(agentJar, initJar, java, jvmOptions, more, initArguments, noFile, kubeconfig);
    }

    public SidecarConfig initArguments(String... arguments) {
        return new SidecarConfig(
                agentJar, initJar, java, jvmOptions, environment, List.of(arguments), noFile, kubeconfig);
    }

    public SidecarConfig noFile(int limit) {
        return new SidecarConfig(agentJar, initJar, java, jvmOptions, environment, initArguments, limit, kubeconfig);
    }

    /** {@link Sidecar#kubeconfig(io.remora.lab.Lab)} of earlier, for a pod that starts while the API server is away. */
    public SidecarConfig kubeconfig(Path file) {
        return new SidecarConfig(agentJar, initJar, java, jvmOptions, environment, initArguments, noFile, file);
    }
}
