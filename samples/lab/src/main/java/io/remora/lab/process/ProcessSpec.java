package io.remora.lab.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A program to run. Immutable; each method returns a changed copy.
 *
 * @param name names the log file; the program's own name by default
 * @param command program and arguments
 * @param environment variables on top of the launcher's ({@code PATH}, {@code HOME}, {@code TMPDIR}); nothing of this
 *     JVM's environment is handed on
 * @param user uid and gid to run as; null is root without a change of capabilities
 * @param noFile soft and hard limit of open files; 0 leaves this JVM's
 * @param stdin what the program reads; empty is end of file at once
 * @param timeout how long {@link ProcessLauncher#exec(ProcessSpec)} lets it run
 */
public record ProcessSpec(
        String name,
        List<String> command,
        Map<String, String> environment,
        @Nullable User user,
        int noFile,
        String stdin,
        Duration timeout) {

    /**
     * Who a program runs as.
     *
     * @param uid user id, as the namespace sees it
     * @param gid group id; no other groups are kept
     * @param capabilities what it may have at most, as setpriv names them ({@code net_admin}); none when empty. Root has all
     *     of them, another user none (they stay in the bounding set only)
     */
    public record User(int uid, int gid, Set<String> capabilities) {
        public User {
            if (uid < 0 || gid < 0) {
                throw new IllegalArgumentException("uid and gid must not be negative: " + uid + ":" + gid);
            }
            capabilities = Set.copyOf(capabilities);
        }
    }

    public ProcessSpec {
        if (command.isEmpty()) {
            throw new IllegalArgumentException("command must not be empty");
        }
        if (noFile < 0) {
            throw new IllegalArgumentException("noFile must not be negative: " + noFile);
        }
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    public static ProcessSpec of(String... command) {
        return of(List.of(command));
    }

    public static ProcessSpec of(List<String> command) {
        if (command.isEmpty()) {
            throw new IllegalArgumentException("command must not be empty");
        }
        String program = command.get(0);
        String name = program.substring(program.lastIndexOf('/') + 1);
        return new ProcessSpec(name, command, Map.of(), null, 0, "", Duration.ofSeconds(30));
    }

    public ProcessSpec named(String newName) {
        return new ProcessSpec(newName, command, environment, user, noFile, stdin, timeout);
    }

    /** With more arguments at the end. */
    public ProcessSpec plus(String... arguments) {
        List<String> longer = new ArrayList<>(command);
        longer.addAll(List.of(arguments));
        return new ProcessSpec(name, longer, environment, user, noFile, stdin, timeout);
    }

    public ProcessSpec env(String variable, String value) {
        return env(Map.of(variable, value));
    }

    public ProcessSpec env(Map<String, String> variables) {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.putAll(variables);
        return new ProcessSpec(name, command, all, user, noFile, stdin, timeout);
    }

    /** As this uid and gid, without any capability, unable to gain one (no_new_privs). */
    public ProcessSpec asUser(int uid, int gid) {
        return new ProcessSpec(name, command, environment, new User(uid, gid, Set.of()), noFile, stdin, timeout);
    }

    /** As root of the namespace with these capabilities only, as an init container with {@code drop: ALL, add: ...} has. */
    public ProcessSpec asRootWith(String... capabilities) {
        User root = new User(0, 0, new TreeSet<>(List.of(capabilities)));
        return new ProcessSpec(name, command, environment, root, noFile, stdin, timeout);
    }

    public ProcessSpec noFile(int limit) {
        return new ProcessSpec(name, command, environment, user, limit, stdin, timeout);
    }

    public ProcessSpec stdin(String text) {
        return new ProcessSpec(name, command, environment, user, noFile, text, timeout);
    }

    public ProcessSpec timeout(Duration limit) {
        return new ProcessSpec(name, command, environment, user, noFile, stdin, limit);
    }
}
