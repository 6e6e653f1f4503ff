package io.remora.lab.net;

import io.remora.lab.process.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Who this JVM runs as. */
final class Privileges {
    private Privileges() {}

    static boolean isRoot() {
        return uid() == 0;
    }

    /** The effective user id. */
    static int uid() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            String uids =
                    lines.filter(line -> line.startsWith("Uid:")).findFirst().orElse("Uid:\t0\t0\t0\t0");
            return Integer.parseInt(uids.split("\\s+", -1)[2]);
        } catch (IOException e) {
            throw new LabException("/proc/self/status cannot be read; the lab runs on Linux only", e);
        }
    }
}
