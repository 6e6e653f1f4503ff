package io.remora.samples.shop.demo;

import java.nio.file.Files;
import java.nio.file.Path;

/** The repository that is tested. */
final class Jars {
    private Jars() {}

    /** The root of the repository. */
    static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("samples/shop/base"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new AssertionError("the tests run outside of the repository");
        }
        return folder;
    }
}
