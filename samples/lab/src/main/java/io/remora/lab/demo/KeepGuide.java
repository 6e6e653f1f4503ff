package io.remora.lab.demo;

import io.remora.lab.net.Namespace;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** How to look around in a demo that was kept. */
final class KeepGuide {
    private KeepGuide() {}

    static List<String> of(Stage stage) {
        List<String> lines = new ArrayList<>();
        String shell = enter(stage.client().namespace());
        String admin = stage.admin().root().toString();
        lines.add("The cluster is kept. In another terminal:");
        lines.add("");
        lines.add("  # the Service, as the client pod sees it");
        lines.add("  " + shell
                + (onPath("curl")
                        ? " curl -s http://" + stage.webIp() + "/"
                        : " bash -c 'exec 3<>/dev/tcp/" + stage.webIp()
                                + "/80; printf \"GET / HTTP/1.0\\r\\n\\r\\n\" >&3; cat <&3'"));
        lines.add("  # the rules in the client pod");
        lines.add("  " + shell + " iptables -t nat -S");
        lines.add("  # what the API server says, next to what the agent uses");
        lines.add("  java -jar " + stage.config().agentJar().toAbsolutePath() + " endpoints " + Stage.WEB + " --admin "
                + admin);
        lines.add("  # the agent's admin pages: /ready /services /metrics /config");
        lines.add("  " + (onPath("curl") ? "curl -s " : "") + admin + "/metrics");
        if (onPath("kubectl")) {
            lines.add("  # the API server");
            lines.add("  kubectl --kubeconfig " + stage.lab().controlPlane().localKubeconfig()
                    + " get services,endpointslices,pods -o wide");
        } else {
            lines.add("  # the API server, for kubectl if you have it");
            lines.add("  export KUBECONFIG=" + stage.lab().controlPlane().localKubeconfig());
        }
        lines.add("  # the agent's log; those of the other processes are beside it");
        lines.add("  less " + stage.agentLog());
        lines.add("");
        lines.add("Ctrl-C ends it; nothing is left behind.");
        return lines;
    }

    private static String enter(Namespace namespace) {
        String user = isRoot() ? "" : " --user --preserve-credentials";
        return "nsenter --target " + namespace.pid() + user + " --net";
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static boolean onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
