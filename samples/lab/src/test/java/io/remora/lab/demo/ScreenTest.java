package io.remora.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private static final Style ASCII = new Style(false, false, 80, 24);
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private static View view() {
        Tally total = new Tally(Map.of("web-1", 400, "web-2", 200), 3, 3, "", 42_000, 50_000, 301_000);
        return new View(
                "client -> web 10.96.0.9:80",
                List.of(
                        new View.StepView(Step.SPREAD, View.State.OK, "600 requests, 67 % : 33 %"),
                        new View.StepView(Step.KILL, View.State.RUNNING, "web-2 is dead"),
                        new View.StepView(Step.ADD, View.State.WRONG, "web-4 was used 1.1 s after it was ready"),
                        new View.StepView(Step.OUTAGE, View.State.PENDING, "")),
                List.of(
                        new View.PodView("web-1", "node-a", "", 100, 400),
                        new View.PodView("web-2", "node-b", "killed", 0, 200)),
                total,
                total,
                "watched, heard of 0.2 s ago",
                Duration.ofMillis(7_300));
    }

    @Test
    void frameShowsStepsPodsAndTotals() {
        String frame = Frame.of(view(), ASCII).stream().map(line -> "|" + line).collect(Collectors.joining("\n"));

        assertThat(frame).isEqualTo("""
                        | Remora demo   7 s  client -> web 10.96.0.9:80
                        |
                        | +  1  Requests are spread evenly over the pods
                        |       600 requests, 67 % : 33 %
                        | >  2  A pod is killed under load: no new connection fails
                        |       web-2 is dead
                        | X  3  A pod is added and used within a second
                        |       web-4 was used 1.1 s after it was ready
                        | -  4  The API server is stopped: traffic goes on
                        |
                        | web-1  node-a  #####################################   100/s     400 in all
                        | web-2  node-b  killed                                    0/s     200 in all
                        |
                        | requests    600 answered, 0 failed, 3 lost in flight with the killed pod
                        | latency     median 42 ms, 99 % 50 ms, max 301 ms  (the pod works 40 ms)
                        | API server  watched, heard of 0.2 s ago""");
    }

    @Test
    void frameHasColoursAndBlocksWhereTheTerminalHas() {
        List<String> lines = Frame.of(view(), new Style(true, true, 80, 24));

        assertThat(lines.get(2))
                .isEqualTo(" \u001b[32m✔\u001b[0m  \u001b[1m1  Requests are spread evenly over the pods\u001b[0m");
        assertThat(lines.get(7)).isEqualTo("       \u001b[31mweb-4 was used 1.1 s after it was ready\u001b[0m");
        assertThat(lines.get(10)).contains("\u001b[32m" + "█".repeat(37) + "\u001b[0m");
    }

    @Test
    void noLineIsWiderThanTheTerminal() {
        for (int columns : new int[] {76, 80, 132}) {
            assertThat(Frame.of(view(), new Style(false, true, columns, 24)))
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(columns));
        }
    }

    @Test
    void longTextBreaksAtSpaces() {
        assertThat(Frame.wrap("one two three", 8)).containsExactly("one two", "three");
        assertThat(Frame.wrap("onetwothree", 4)).containsExactly("onet", "woth", "ree");
    }

    @Test
    void liveScreenDrawsOverWhatItDrew() {
        LiveScreen screen = new LiveScreen(out, ASCII);
        screen.tick(view());
        bytes.reset();

        screen.tick(view());

        int lines = Frame.of(view(), ASCII).size();
        assertThat(bytes.toString(StandardCharsets.UTF_8)).startsWith("\u001b[" + lines + "A\r Remora demo");
    }

    @Test
    void liveScreenGivesTheCursorBackOnce() {
        LiveScreen screen = new LiveScreen(out, ASCII);
        screen.finish(view());
        screen.restore();
        screen.tick(view());

        assertThat(bytes.toString(StandardCharsets.UTF_8)).endsWith("\u001b[J\u001b[?25h");
    }

    @Test
    void frameTallerThanTheTerminalIsCutAtItsTop() {
        LiveScreen screen = new LiveScreen(out, new Style(false, false, 80, 6));
        bytes.reset();

        screen.tick(view());

        String drawn = bytes.toString(StandardCharsets.UTF_8);
        assertThat(drawn.chars().filter(c -> c == '\n')).hasSize(5);
        assertThat(drawn).contains("API server").doesNotContain("Remora");
    }

    @Test
    void plainScreenWritesLinesWithoutEscapes() {
        PlainScreen screen = new PlainScreen(out);
        screen.say(view(), "step 2: A pod is killed");
        screen.tick(view());
        screen.tick(view());
        screen.finish(view());

        assertThat(bytes.toString(StandardCharsets.UTF_8).replaceAll("(?m)^", "|"))
                .isEqualTo("""
                        |  7.3 s  step 2: A pod is killed
                        |  7.3 s    web-1 100/s  web-2 killed | 600 answered, 0 failed, 3 lost | median 42 ms, 99 % 50 ms, max 301 ms | API server watched, heard of 0.2 s ago
                        |ok       1  Requests are spread evenly over the pods: 600 requests, 67 % : 33 %
                        |not done 2  A pod is killed under load: no new connection fails: web-2 is dead
                        |NOT TRUE 3  A pod is added and used within a second: web-4 was used 1.1 s after it was ready
                        |not done 4  The API server is stopped: traffic goes on
                        """);
    }

    @Test
    void boardIsTrueOnlyIfEveryStepIsAndNothingFailedBetweenThem() {
        Board board = new Board(new PlainScreen(out));
        assertThat(board.allTrue()).isFalse();
        for (Step step : Step.values()) {
            board.done(step, new StepResult(true, ""));
        }
        assertThat(board.allTrue()).isTrue();
        assertThat(Demo.verdict(board)).isEqualTo("All of it was true: 0 requests answered, none failed.");

        board.traffic().add(Sample.failed(1, 1, "reset"));
        assertThat(board.allTrue()).isFalse();
        board.done(Step.ADD, new StepResult(false, "no"));
        assertThat(Demo.verdict(board))
                .isEqualTo(
                        "Not all of it was true: 1 requests failed, step 3 (A pod is added and used within a second).");
    }

    @Test
    void optionsNameAllThatIsWrong() {
        assertThatThrownBy(() -> DemoOptions.parse("--agent-jar", "missing.jar", "--columns", "x", "--fast"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown argument --fast")
                .hasMessageContaining("--columns must be a whole number: \"x\"")
                .hasMessageContaining("--agent-jar must name a jar: \"missing.jar\"")
                .hasMessageContaining("--init-jar must name a jar");
    }
}
