package io.remora.lab.net;

import io.remora.lab.process.Commands;
import io.remora.lab.process.ExecResult;
import io.remora.lab.process.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the lab needs of the machine: programs, the right to make namespaces, and uid 1337. It is looked at once per JVM. */
public final class Requirements {
    private static final int UID = 1337;
    private static final Map<String, String> PACKAGES = new LinkedHashMap<>();

    static {
        PACKAGES.put("bash", "bash");
        PACKAGES.put("ip", "iproute2");
        PACKAGES.put("iptables", "iptables");
        PACKAGES.put("ip6tables", "iptables");
        PACKAGES.put("unshare", "util-linux");
        PACKAGES.put("nsenter", "util-linux");
        PACKAGES.put("setsid", "util-linux");
        PACKAGES.put("setpriv", "util-linux");
        PACKAGES.put("prlimit", "util-linux");
    }

    private Requirements() {}

    private static final class Lazy {
        private static final List<String> MISSING = List.copyOf(look());
    }

    /** Everything that is missing, each with what to do about it; empty when the lab can run. */
    public static List<String> missing() {
        return Lazy.MISSING;
    }

    /**
     * Does nothing where a lab can run.
     *
     * @throws LabException with all that is missing
     */
    public static void ensure() {
        if (!missing().isEmpty()) {
            throw new LabException(message());
        }
    }

    /** All that is missing as one text. */
    public static String message() {
        return "the lab cannot run on this machine:\n- " + String.join("\n- ", missing());
    }

    private static List<String> look() {
        boolean root = Privileges.isRoot();
        Map<String, String> packages = new LinkedHashMap<>(PACKAGES);
        if (!root) {
            packages.put("newuidmap", "uidmap");
            packages.put("newgidmap", "uidmap");
        }
        List<String> missing = new ArrayList<>();
        packages.forEach((program, name) -> {
            if (!installed(program)) {
                missing.add("the program " + program + " is missing: apt-get install " + name);
            }
        });
        if (!missing.isEmpty()) {
            return missing;
        }
        if (!root) {
            missing.addAll(subordinateIds());
        }
        if (missing.isEmpty()) {
            missing.addAll(trial(root));
        }
        return missing;
    }

    private static boolean installed(String program) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
        return Stream.of(path.split(":", -1))
                .filter(folder -> !folder.isEmpty())
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Without root, the range of sub-uids must reach uid 1337, as which agents run. */
    private static List<String> subordinateIds() {
        String user = System.getProperty("user.name", "");
        String uid = Integer.toString(Privileges.uid());
        List<String> missing = new ArrayList<>();
        for (String file : List.of("/etc/subuid", "/etc/subgid")) {
            if (largestRange(Path.of(file), user, uid) < UID) {
                missing.add("without root, " + file + " must give " + user + " a range of at least " + UID
                        + " ids: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 " + user);
            }
        }
        return missing;
    }

    private static long largestRange(Path file, String user, String uid) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(line -> line.split(":", -1))
                    .filter(parts -> parts.length == 3 && (parts[0].equals(user) || parts[0].equals(uid)))
                    .mapToLong(parts -> Long.parseLong(parts[2].strip()))
                    .max()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Makes the kinds of things that a lab is made of, in namespaces that end with the command. */
    private static List<String> trial(boolean root) {
        List<String> command = new ArrayList<>(List.of("unshare"));
        if (!root) {
            command.addAll(List.of("--user", "--map-root-user", "--map-auto"));
        }
        command.addAll(
                List.of("--net", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-ec"));
        command.add("PATH=$PATH:/usr/sbin:/sbin; mount -t tmpfs tmpfs /run; ip link add name lab0 type bridge;"
                + " ip link add name lab1 type veth peer name lab2; iptables -w -t nat -S >/dev/null; iptables -w -t raw -S >/dev/null;"
                + " setpriv --reuid=" + UID + " --regid=" + UID + " --clear-groups --bounding-set=-all true");
        ExecResult result = Commands.run(command, Duration.ofSeconds(20));
        if (result.ok()) {
            return List.of();
        }
        String why = result.err().strip();
        return List.of("namespaces, bridges, veth pairs and iptables cannot be used ("
                + (why.isEmpty() ? "exit code " + result.exitCode() : why) + "): "
                + (root
                        ? "the container or machine must allow CAP_SYS_ADMIN and CAP_NET_ADMIN (docker run --privileged)"
                        : "the kernel must allow user namespaces to " + System.getProperty("user.name", "this user")
                                + " (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone,"
                                + " kernel.apparmor_restrict_unprivileged_userns), or run as root"));
    }
}
