package io.remora.lab.caller;

import io.remora.lab.Pod;
import io.remora.lab.process.LabException;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The sample application, with what is on its class path besides. Immutable.
 *
 * @param java the {@code java} program that runs it
 * @param options of the JVM
 * @param classPath its jar and all else
 */
public record CallerProgram(Path java, List<String> options, String classPath) {
    /** A small container's: enough for a server or a client that is not measured. */
    public static final List<String> SMALL = List.of(
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xshare:auto", "-Xmx128m", "-Xss512k");

    /** Where the web server and the gRPC server of a pod listen. */
    public static final int HTTP_PORT = 8080;

    public static final int GRPC_PORT = 9090;

    private static final String MAIN = "io.remora.samples.caller.Caller";

    public CallerProgram {
        options = List.copyOf(options);
    }

    /**
     * Reads a class path that the build wrote.
     *
     * @param jar the application's own jar
     * @param file what {@code dependency:build-classpath} wrote: {@code classpath} or {@code classpath-starter} beside the jar
     * @throws LabException when one of them is not there
     */
    public static CallerProgram of(Path java, List<String> options, Path jar, Path file) {
        if (!Files.isRegularFile(jar)) {
            throw new LabException(jar + " is not there; mvn package makes it");
        }
        try {
            return new CallerProgram(
                    java,
                    options,
                    jar.toAbsolutePath() + ":" + Files.readString(file).strip());
        } catch (IOException e) {
            throw new LabException(file + " cannot be read; mvn package makes it", e);
        }
    }

    /** With this in front of the class path. */
    public CallerProgram with(String more) {
        return new CallerProgram(java, options, more + ":" + classPath);
    }

    /**
     * A server.
     *
     * @param roles {@code web} or {@code webflux}, {@code grpc}, or two with a comma
     * @param name what it answers
     */
    public ProcessSpec serve(String roles, String name) {
        return command(
                        roles,
                        "--serve.name=" + name,
                        "--server.port=" + HTTP_PORT,
                        "--spring.grpc.server.port=" + GRPC_PORT)
                .named(roles.replace(',', '-'));
    }

    /** Starts a server in a pod, which answers the pod's name; {@code awaitLog("^serving$", ...)} waits for it. */
    public LabProcess serve(String roles, Pod pod) {
        return pod.start(serve(roles, pod.name()));
    }

    /**
     * A client.
     *
     * @param client {@code rest}, {@code web} or {@code grpc}
     * @param target a URL, or for gRPC a target
     * @param properties more of them, {@code --NAME=VALUE}
     */
    public ProcessSpec call(String client, String target, String... properties) {
        return command("call", "--call.client=" + client, "--call.target=" + target)
                .plus(properties)
                .named("call-" + client);
    }

    private ProcessSpec command(String... arguments) {
        List<String> line = new ArrayList<>(List.of(java.toString()));
        line.addAll(options);
        line.addAll(List.of("-cp", classPath, MAIN));
        line.addAll(List.of(arguments));
        return ProcessSpec.of(line);
    }
}
