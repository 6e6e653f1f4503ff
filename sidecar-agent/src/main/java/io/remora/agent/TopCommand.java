package io.remora.agent;

import io.remora.agent.AdminClient.AdminException;
import io.remora.agent.AdminClient.Answer.Found;
import io.remora.agent.AdminClient.Answer.Missing;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code remora top}: Services and endpoints with their rates, again and again. */
@Command(
        name = "top",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Show live what a running agent does: connections in flight, new ones and failures a second, the busiest Service"
                    + " first.",
            "In a terminal the screen is drawn anew each time; elsewhere one table follows the other. Ends with Ctrl-C."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:ended as asked", "1:no such Service", "2:no agent can be reached there, or bad usage"})
final class TopCommand implements Callable<Integer> {

    private static final int NO_SUCH_SERVICE = 1;
    private static final int BAD_USAGE = 2;
    private static final String CLEAR = "\u001b[H\u001b[J";
    private static final int DEFAULT_LINES = 24;

    @Parameters(
            arity = "0..1",
            paramLabel = "SERVICE",
            description = "One Service, named as for 'endpoints'; all if left out.")
    private @Nullable String service;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "Time between two looks, default ${DEFAULT-VALUE}.")
    private double interval;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            defaultValue = "0",
            description = "Ends after so many tables; 0 is never.")
    private int count;

    @Option(
            names = "--lines",
            paramLabel = "N",
            defaultValue = "0",
            description = "Height of a table; if left out, that of the terminal, or no limit where there is none.")
    private int lines;

    @Mixin
    @SuppressWarnings("NullAway.Init") // by picocli
    private AdminOption admin;

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (!(interval >= 0.1 && interval <= 3600) || count < 0) {
            err.println(
                    interval >= 0.1 && interval <= 3600
                            ? "--count must be 0 or more: " + count
                            : "--interval must be from 0.1 to 3600 seconds: " + interval);
            return BAD_USAGE;
        }
        boolean terminal = isTerminal();
        try {
            URI address = admin.address();
            TopSample before = sample(address);
            for (int shown = 0; count == 0 || shown < count; shown++) {
                LockSupport.parkNanos((long) (interval * TimeUnit.SECONDS.toNanos(1)));
                TopSample now = sample(address);
                String table =
                        TopTable.format(before, now, terminal ? height() : lines > 0 ? lines : Integer.MAX_VALUE);
                out.print(terminal ? CLEAR + table : table + "\n");
                out.flush();
                before = now;
            }
            return 0;
        } catch (NoSuchServiceException e) {
            err.println(e.getMessage());
            return NO_SUCH_SERVICE;
        } catch (AdminException e) {
            err.println(e.getMessage());
            return BAD_USAGE;
        }
    }

    private static final class NoSuchServiceException extends Exception {

        private static final long serialVersionUID = 1L;

        NoSuchServiceException(String message) {
            super(message);
        }
    }

    private TopSample sample(URI address) throws AdminException, NoSuchServiceException {
        AdminClient.Answer answer = AdminClient.services(address, service);
        if (answer instanceof Missing missing) {
            throw new NoSuchServiceException(missing.text());
        }
        return new TopSample(System.nanoTime(), ((Found) answer).view());
    }

    /** Whether standard output is a terminal: Java 17 has no way to ask that every later version understands alike. */
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    /** The height of the terminal, as stty tells it; that of the oldest terminals where there is no stty. */
    private int height() {
        if (lines > 0) {
            return lines;
        }
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return size.matches("[1-9]\\d{0,3} \\d+")
                    ? Integer.parseInt(size.substring(0, size.indexOf(' ')))
                    : DEFAULT_LINES;
        } catch (IOException e) {
            return DEFAULT_LINES; // an image without a shell's tools
        }
    }
}
