package io.remora.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The parts of the report that people write: {@code simulation/*.md} among the test resources. */
final class Prose {

    private Prose() {}

    /** @throws IllegalArgumentException if there is no such part */
    static String of(String name) {
        try (InputStream in = Prose.class.getResourceAsStream("/simulation/" + name + ".md")) {
            if (in == null) {
                throw new IllegalArgumentException("no prose: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what a part says of one scenario, on a line that begins with the scenario's name and a colon. */
    static String line(String name, Scenario scenario) {
        return of(name).lines()
                .filter(line -> line.startsWith(scenario.name() + ": "))
                .map(line -> line.substring(scenario.name().length() + 2))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + " says nothing of " + scenario.name()));
    }
}
