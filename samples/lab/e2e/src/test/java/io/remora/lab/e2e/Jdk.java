package io.remora.lab.e2e;

import io.remora.lab.app.Apps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A JDK to run the agent on.
 *
 * @param feature its feature version
 * @param java its {@code java} program
 */
record Jdk(int feature, Path java) {
    private static final Path INSTALLED = Path.of("/usr/lib/jvm");

    /** The JDK that runs the tests. */
    static Jdk current() {
        return new Jdk(Runtime.version().feature(), Apps.java());
    }

    /** 17 and 25, where {@code JAVA_HOME_17} and {@code JAVA_HOME_25} or the system's packages have them; at least one. */
    static List<Jdk> all() {
        List<Jdk> all = new ArrayList<>();
        for (int feature : List.of(17, 25)) {
            Jdk found = Runtime.version().feature() == feature ? current() : find(feature);
            if (found != null) {
                all.add(found);
            }
        }
        return all.isEmpty() ? List.of(current()) : all;
    }

    /** The last of {@link #all()}: what does not depend on the JDK is tested on one. */
    static Jdk newest() {
        List<Jdk> all = all();
        return all.get(all.size() - 1);
    }

    private static @Nullable Jdk find(int feature) {
        String home = System.getenv("JAVA_HOME_" + feature);
        if (home != null) {
            return new Jdk(feature, Path.of(home, "bin", "java"));
        }
        if (!Files.isDirectory(INSTALLED)) {
            return null;
        }
        try (Stream<Path> homes = Files.list(INSTALLED)) {
            return homes.filter(each -> isOf(each, feature))
                    .map(each -> new Jdk(feature, each.resolve("bin/java")))
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            throw new AssertionError("the JDKs in " + INSTALLED + " cannot be listed", e);
        }
    }

    private static boolean isOf(Path home, int feature) {
        Path release = home.resolve("release");
        try {
            return Files.isExecutable(home.resolve("bin/java"))
                    && Files.isReadable(release)
                    && Files.readString(release).contains("JAVA_VERSION=\"" + feature);
        } catch (IOException e) {
            throw new AssertionError(release + " cannot be read", e);
        }
    }

    @Override
    public String toString() {
        return "JDK " + feature;
    }
}
