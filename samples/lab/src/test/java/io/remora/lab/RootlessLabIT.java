package io.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.remora.lab.app.Apps;
import io.remora.lab.process.ExecResult;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.Launcher;
import io.remora.lab.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A lab without root. Root starts it as a user that exists in a private mount namespace only, by files mounted over
 * {@code /etc/passwd} and {@code /etc/subuid}; the machine's own stay as they are. (Without root, all the other tests show it.)
 */
class RootlessLabIT {
    private static final String UID = "4242";
    private static final String AS_USER = """
            cd "$FOLDER"
            for file in passwd subuid subgid; do mount --bind "$file" "/etc/$file"; done
            mount -t tmpfs tmpfs /mnt
            cp -r "$CLASSES" /mnt/classes
            cp -r "$TEST_CLASSES" /mnt/test-classes
            exec setpriv --reuid "$ID" --regid "$ID" --clear-groups --inh-caps=-all \
              java -XX:-UsePerfData -cp /mnt/classes:/mnt/test-classes io.remora.lab.RootlessLabIT
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void needsRootToBecomeAnother() {
        LabRequirements.check();
        assumeThat(System.getProperty("user.name"))
                .as("root can be another user")
                .isEqualTo("root");
    }

    @Test
    void runsInItsOwnUserNamespace() throws IOException {
        if (!Boolean.getBoolean(LabRequirements.REQUIRE)) {
            assumeThat(Path.of("/usr/bin/newuidmap"))
                    .as("Debian package uidmap")
                    .exists();
        }
        ExecResult result = runAsUser("labuser:100000:65536\n");
        assertThat(result.ok()).as("%s", result).isTrue();
        assertThat(result.out())
                .contains("\"answers\":{\"web\":3}")
                .contains("server uid 101336 capabilities 0000000000000000 descriptors true")
                .contains("rule 0");
        Path directory = Path.of(result.out().lines().findFirst().orElseThrow());
        assertThat(directory.getFileName().toString()).startsWith("remora-lab-");
        assertThat(directory).doesNotExist();
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        ExecResult result = runAsUser("labuser:100000:1000\n");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains("without root, /etc/subuid must give labuser a range of at least 1337 ids: usermod")
                .contains("without root, /etc/subgid must");
    }

    private ExecResult runAsUser(String ranges) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(
                folder.resolve("passwd"),
                Files.readString(Path.of("/etc/passwd")) + "labuser:x:" + UID + ":" + UID + "::/nonexistent:/bin/sh\n");
        Files.writeString(folder.resolve("subuid"), ranges);
        Files.writeString(folder.resolve("subgid"), ranges);
        return Launcher.local(folder)
                .exec(ProcessSpec.of("unshare", "--mount", "sh", "-ec", AS_USER)
                        .env("FOLDER", folder.toString())
                        .env(
                                "CLASSES",
                                Path.of("target/classes").toAbsolutePath().toString())
                        .env(
                                "TEST_CLASSES",
                                Path.of("target/test-classes").toAbsolutePath().toString())
                        .env("ID", UID)
                        .env("TMPDIR", "/tmp")
                        .timeout(Duration.ofSeconds(60)));
    }

    /** What runs as the user. */
    public static void main(String[] arguments) {
        try (Lab lab = Lab.start()) {
            System.out.println(lab.directory());
            Pod client = lab.addPod("client", "node-a");
            Pod web = lab.addPod("web", "node-b");
            LabProcess server =
                    web.start(Apps.app("serve", "--name", "web", "--http", "80").asUser(1337, 1337));
            server.awaitLog("^serving$", Duration.ofSeconds(20));
            System.out.println(client.exec(Apps.app("connect", "--target", web.ip() + ":80", "--count", "3"))
                    .out());
            System.out.println("server uid " + server.status("Uid:").split("\t", -1)[0] + " capabilities "
                    + server.status("CapBnd:") + " descriptors " + (server.openFiles() > 3));
            ExecResult rule = client.exec(ProcessSpec.of("iptables", "-w", "-t", "nat", "-A", "OUTPUT")
                    .plus(
                            "-p",
                            "tcp",
                            "-m",
                            "owner",
                            "!",
                            "--uid-owner",
                            "1337",
                            "-j",
                            "REDIRECT",
                            "--to-ports",
                            "15001")
                    .asRootWith("net_admin", "net_raw"));
            System.out.println("rule " + rule.exitCode() + rule.err());
            web.pause();
        }
    }
}
