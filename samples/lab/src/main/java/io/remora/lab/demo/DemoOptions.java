package io.remora.lab.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the script asks for.
 *
 * @param agentJar {@code remora.jar}
 * @param initJar {@code remora-iptables-init.jar}
 * @param keep whether the cluster goes on after the last step
 * @param live whether the output is a terminal to draw on
 * @param style how the terminal can be written to
 */
record DemoOptions(Path agentJar, Path initJar, boolean keep, boolean live, Style style) {
    /** The arguments of {@link Demo}, for messages. */
    static final String USAGE =
            "--agent-jar FILE --init-jar FILE [--keep] [--live] [--no-colour] [--ascii]" + " [--columns N] [--rows N]";

    /**
     * @throws IllegalArgumentException naming everything that is wrong
     */
    static DemoOptions parse(String... arguments) {
        List<String> problems = new ArrayList<>();
        Path agentJar = Path.of("");
        Path initJar = Path.of("");
        boolean keep = false;
        boolean live = false;
        boolean colour = true;
        boolean unicode = true;
        int columns = 80;
        int rows = 24;
        for (int i = 0; i < arguments.length; i++) {
            String value = i + 1 < arguments.length ? arguments[i + 1] : "";
            switch (arguments[i]) {
                case "--keep" -> keep = true;
                case "--live" -> live = true;
                case "--no-colour" -> colour = false;
                case "--ascii" -> unicode = false;
                case "--agent-jar" -> {
                    agentJar = Path.of(value);
                    i++;
                }
                case "--init-jar" -> {
                    initJar = Path.of(value);
                    i++;
                }
                case "--columns" -> {
                    columns = number("--columns", value, Style.LEAST_COLUMNS, problems);
                    i++;
                }
                case "--rows" -> {
                    rows = number("--rows", value, 1, problems);
                    i++;
                }
                default -> problems.add("unknown argument " + arguments[i]);
            }
        }
        file("--agent-jar", agentJar, problems);
        file("--init-jar", initJar, problems);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems) + "\narguments: " + USAGE);
        }
        return new DemoOptions(agentJar, initJar, keep, live, new Style(colour, unicode, columns, rows));
    }

    private static int number(String name, String value, int least, List<String> problems) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            problems.add(name + " must be a whole number: \"" + value + "\"");
            return least;
        }
        problems.add(name + " must be at least " + least + ": " + value);
        return least;
    }

    private static void file(String name, Path path, List<String> problems) {
        if (!Files.isRegularFile(path)) {
            problems.add(name + " must name a jar: \"" + path + "\"");
        }
    }
}
