package io.remora.spring.relay;

import java.util.Locale;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to add where the relay finds no native transport, or that it has no business on this system. */
final class RelayFailureAnalyzer extends AbstractFailureAnalyzer<RelayUnavailableException> {

    /** The version that Remora is built with; its native library is there for both architectures. */
    static final String NETTY_VERSION = "4.2.18.Final";

    private static final String SWITCH_OFF = "set remora.relay.enabled=false";

    private final String os;
    private final String architecture;

    RelayFailureAnalyzer() {
        this(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    RelayFailureAnalyzer(String os, String architecture) {
        this.os = os;
        this.architecture = architecture;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, RelayUnavailableException cause) {
        if (!os.toLowerCase(Locale.ROOT).contains("linux")) {
            return new FailureAnalysis(
                    "Remora's relay (remora.relay.enabled=true) needs Linux, and this is " + os + ".",
                    "It balances what the init container's rules hand over, which are there in a pod alone: "
                            + SWITCH_OFF
                            + " here, for example in a profile. HTTP clients and gRPC are balanced all the same.",
                    cause);
        }
        return new FailureAnalysis(
                "Remora's relay (remora.relay.enabled=true) needs Netty's native epoll transport, which "
                        + cause.problem() + ".",
                action(),
                cause);
    }

    private String action() {
        String classifier = switch (architecture) {
            case "amd64", "x86_64" -> "linux-x86_64";
            case "aarch64" -> "linux-aarch_64";
            default -> "";
        };
        if (classifier.isEmpty()) {
            return "Netty has that library for x86_64 and aarch64 only, and this is " + architecture + ": " + SWITCH_OFF
                    + ", and have the agent's sidecar run on another node.";
        }
        return """
                Add it, and have all of Netty be of its version:

                    <properties>
                      <netty.version>%s</netty.version>
                    </properties>
                    <dependency>
                      <groupId>io.netty</groupId>
                      <artifactId>netty-transport-native-epoll</artifactId>
                      <classifier>%s</classifier>
                    </dependency>

                If it is there: it needs glibc, and a folder that is writable and not mounted noexec \
                (-Dio.netty.native.workdir, else /tmp). Or %s.""".formatted(NETTY_VERSION, classifier, SWITCH_OFF);
    }
}
