package io.remora.lab.demo;

import io.remora.lab.process.LabException;
import io.remora.lab.sidecar.SidecarConfig;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** The program behind {@code samples/lab/demo}: sets the cluster up, plays the scenario, and tells whether all was true. */
public final class Demo {
    private static final int NOT_TRUE = 1;
    private static final int USAGE = 2;

    private Demo() {}

    /** Exit codes: 0 all was true, 1 something was not, 2 wrong arguments. */
    @SuppressWarnings("SystemExitOutsideMain")
    public static void main(String[] arguments) throws InterruptedException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        DemoOptions options;
        try {
            options = DemoOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(USAGE);
            return;
        }
        System.exit(run(options, out) ? 0 : NOT_TRUE);
    }

    private static boolean run(DemoOptions options, PrintStream out) throws InterruptedException {
        Screen screen = screen(options, out);
        Board board = new Board(screen);
        SidecarConfig config = SidecarConfig.of(options.agentJar(), options.initJar());
        try (Watcher watcher = new Watcher(board)) {
            board.say("starting the cluster: two nodes");
            try (Stage stage = Stage.start(config, board::say)) {
                watcher.ask(stage.admin());
                board.say(stage.subject());
                new Scenario(stage, board, watcher).run();
                watcher.end();
                screen.finish(board.view());
                conclude(board, out);
                if (options.keep()) {
                    out.println();
                    KeepGuide.of(stage).forEach(out::println);
                    out.flush();
                    new CountDownLatch(1).await();
                }
            }
        } catch (LabException e) {
            screen.finish(board.view());
            out.flush();
            System.err.println("The demo could not go on: " + e.getMessage());
            return false;
        }
        return board.allTrue();
    }

    private static Screen screen(DemoOptions options, PrintStream out) {
        if (!options.live()) {
            return new PlainScreen(out);
        }
        LiveScreen live = new LiveScreen(out, options.style());
        Runtime.getRuntime().addShutdownHook(new Thread(live::restore, "restore-terminal"));
        return live;
    }

    private static void conclude(Board board, PrintStream out) {
        out.println();
        out.println(verdict(board));
        out.flush();
    }

    static String verdict(Board board) {
        Tally total = board.traffic().all();
        if (!board.allTrue()) {
            String steps = board.notTrue().stream()
                    .map(step -> ", step " + step.number() + " (" + step.title() + ")")
                    .collect(Collectors.joining());
            return "Not all of it was true: " + total.failed() + " requests failed" + steps + ".";
        }
        return "All of it was true: " + total.answered() + " requests answered, none failed"
                + (total.lost() == 0 ? "" : ", " + total.lost() + " lost in flight on the killed pod") + ".";
    }
}
