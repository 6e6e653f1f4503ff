package io.remora.lab.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Main class of the lab's servers and clients. Clients print their result as one line of JSON.
 *
 * <pre>
 * serve      --name NAME [--http P] [--greeting P] [--echo P] [--bulk P] [--reset P] [--half P] [--udp P] [--peer P]
 *            [--sickly P --sick-file PATH]
 * connect    --target A:P [--protocol http|greeting|tcp] [--count N] [--concurrency N] [--interval-ms N]
 *            [--duration-ms N] [--timeout-ms N] [--keep-alive true] [--each true]
 * bulk       --target A:P [--up BYTES] [--down BYTES] [--client-rate BYTES/S] [--server-rate BYTES/S]
 * half-close --target A:P [--bytes N] [--first client|server]
 * hold       --target A:P [--connections N] [--hold-ms N] [--timeout-ms N]
 * reset      --target A:P [--timeout-ms N]
 * udp        --target A:P [--count N] [--timeout-ms N]
 * forward    --socket PATH
 * </pre>
 */
public final class LabApp {
    private static final Map<String, Set<String>> COMMANDS = Map.of(
            "serve",
                    Set.of(
                            "name",
                            "http",
                            "greeting",
                            "echo",
                            "bulk",
                            "reset",
                            "half",
                            "udp",
                            "peer",
                            "sickly",
                            "sick-file"),
            "connect",
                    Set.of(
                            "target",
                            "protocol",
                            "count",
                            "concurrency",
                            "interval-ms",
                            "duration-ms",
                            "timeout-ms",
                            "keep-alive",
                            "each"),
            "bulk", Set.of("target", "up", "down", "client-rate", "server-rate"),
            "half-close", Set.of("target", "bytes", "first"),
            "hold", Set.of("target", "connections", "hold-ms", "timeout-ms"),
            "reset", Set.of("target", "timeout-ms"),
            "udp", Set.of("target", "count", "timeout-ms"),
            "forward", Set.of("socket"));

    private LabApp() {}

    /** Exit codes: 0 all went well, 1 the result tells what did not, 2 wrong arguments. */
    @SuppressWarnings("SystemExitOutsideMain")
    public static void main(String[] arguments) throws Exception {
        try {
            Set<String> known = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
            if (known == null) {
                throw new IllegalArgumentException("the commands are " + List.copyOf(COMMANDS.keySet()));
            }
            System.exit(run(arguments[0], new Arguments(arguments, 1, known)));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + " (given: " + Arrays.toString(arguments) + ")");
            System.exit(2);
        }
    }

    private static int run(String command, Arguments arguments) throws IOException, InterruptedException {
        return switch (command) {
            case "serve" -> Servers.run(arguments);
            case "connect" -> new ConnectClient(arguments).run();
            case "bulk" -> Bulk.client(arguments);
            case "half-close" -> HalfClose.client(arguments);
            case "hold" -> new HoldClient(arguments).run();
            case "reset" -> Reset.client(arguments);
            case "udp" -> Udp.client(arguments);
            case "forward" -> Relaying.serve(Path.of(arguments.text("socket", "")));
            default -> throw new IllegalArgumentException(command);
        };
    }
}
