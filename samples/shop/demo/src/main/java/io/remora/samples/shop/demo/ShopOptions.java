package io.remora.samples.shop.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the script asks for.
 *
 * @param root of the repository, with everything built
 * @param starter whether web has Remora in itself, in place of an agent beside it
 * @param keep whether the shop goes on after the story
 * @param story whether one is told
 * @param port of this machine for the page; 0 takes a free one
 */
record ShopOptions(Path root, boolean starter, boolean keep, boolean story, int port) {
    /** The arguments, for messages. */
    static final String USAGE = "--root FOLDER [--starter] [--keep] [--no-story] [--port N]";

    private static final int MAX_PORT = 65_535;

    /**
     * @throws IllegalArgumentException naming everything that is wrong
     */
    static ShopOptions parse(String... arguments) {
        List<String> problems = new ArrayList<>();
        Path root = Path.of("");
        boolean starter = false;
        boolean keep = false;
        boolean story = true;
        int port = 0;
        for (int i = 0; i < arguments.length; i++) {
            String value = i + 1 < arguments.length ? arguments[i + 1] : "";
            switch (arguments[i]) {
                case "--starter" -> starter = true;
                case "--keep" -> keep = true;
                case "--no-story" -> story = false;
                case "--root" -> {
                    root = Path.of(value);
                    i++;
                }
                case "--port" -> {
                    port = port(value, problems);
                    i++;
                }
                default -> problems.add("unknown argument " + arguments[i]);
            }
        }
        ShopOptions options = new ShopOptions(root.toAbsolutePath().normalize(), starter, keep, story, port);
        for (Path jar : List.of(
                options.agentJar(),
                options.initJar(),
                options.jar("web"),
                options.jar("catalog"),
                options.jar("stock"))) {
            if (!Files.isRegularFile(jar)) {
                problems.add(jar + " is not there; mvn package -DskipTests makes it");
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems) + "\nusage: " + USAGE);
        }
        return options;
    }

    private static int port(String text, List<String> problems) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Told below, as a number out of range is.
        }
        problems.add("--port is a number of 0 to " + MAX_PORT + ", not \"" + text + "\"");
        return 0;
    }

    Path shop() {
        return root.resolve("samples/shop");
    }

    Path agentJar() {
        return root.resolve("sidecar-agent/target/remora.jar");
    }

    Path initJar() {
        return root.resolve("iptables-init/target/remora-iptables-init.jar");
    }

    /** The jar of a part of the shop. */
    Path jar(String part) {
        return shop().resolve(part + "/target/" + part + ".jar");
    }
}
