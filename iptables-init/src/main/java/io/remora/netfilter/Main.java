package io.remora.netfilter;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The init container's program. Reports on standard output, failures on standard error; ends with an {@link ExitCode}. */
public final class Main {

    private static final String NAME = "remora-iptables-init";

    private Main() {}

    /** Runs once and exits. */
    public static void main(String[] args) {
        System.exit(run(Arrays.asList(args), System.getenv(), System.out, System.err)
                .status());
    }

    static ExitCode run(List<String> args, Map<String, String> environment, PrintStream out, PrintStream err) {
        try {
            for (String warning : MisspeltVariables.warnings(environment)) {
                err.println(NAME + ": warning: " + warning);
            }
            return execute(Settings.parse(args, environment), environment.getOrDefault("PATH", ""), out::println);
        } catch (InvalidSettingsException invalid) {
            for (String problem : invalid.problems()) {
                err.println(NAME + ": " + problem);
            }
            return ExitCode.BAD_SETTINGS;
        } catch (InitFailure failure) {
            err.println(NAME + ": " + failure.getMessage());
            err.println("  fix: " + failure.fix());
            return failure.code();
        } catch (RuntimeException fault) {
            err.println(NAME + ": a fault of this program: " + fault);
            fault.printStackTrace(err);
            return ExitCode.INTERNAL;
        }
    }

    private static ExitCode execute(Command command, String path, Consumer<String> out) {
        if (command instanceof Command.Apply apply) {
            out.accept(NAME + " " + version());
            new CaptureInstaller(apply.run(), path, out).apply(apply.capture());
        } else if (command instanceof Command.Check check) {
            out.accept(NAME + " " + version());
            return new KernelCheck(check.run(), new ProcSelf("/proc/self"), path, out).check(check.capture());
        } else if (command instanceof Command.Cleanup cleanup) {
            out.accept(NAME + " " + version());
            new CaptureInstaller(cleanup.run(), path, out).cleanup();
        } else if (command instanceof Command.Version) {
            out.accept(NAME + " " + version());
        } else {
            out.accept(Setting.helpText());
        }
        return ExitCode.OK;
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(unpackaged)" : version;
    }
}
