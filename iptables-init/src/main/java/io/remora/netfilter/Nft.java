package io.remora.netfilter;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads and changes Remora's own tables with the {@code nft} program. */
final class Nft {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String program;

    private Nft(String program) {
        this.program = program;
    }

    /** The installed program; null when there is none. */
    static @Nullable Nft find(List<String> searchPath) {
        for (String folder : searchPath) {
            File file = new File(folder, "nft");
            if (file.canExecute()) {
                return new Nft(file.getPath());
            }
        }
        return null;
    }

    /** The table as it is. */
    NftTable read(Family family) {
        Subprocess.Result result =
                run(List.of("-n", "list", "table", HashedRules.keyword(family), HashedRules.TABLE), null);
        if (result.ok()) {
            return NftTable.parse(result.out());
        }
        if (result.err().contains("No such file or directory")) {
            return NftTable.ABSENT;
        }
        throw Diagnosis.of("nft", result);
    }

    /** Applies a transaction, whole or not at all. */
    void apply(String text) {
        require(run(List.of("-f", "-"), text));
    }

    /**
     * Has the kernel check a transaction and not apply it.
     *
     * @throws InitFailure when it would not take it
     */
    void check(String text) {
        require(run(List.of("-c", "-f", "-"), text));
    }

    private static void require(Subprocess.Result result) {
        if (!result.ok()) {
            throw Diagnosis.of("nft", result);
        }
    }

    private Subprocess.Result run(List<String> arguments, @Nullable String input) {
        List<String> command = new ArrayList<>();
        command.add(program);
        command.addAll(arguments);
        try {
            return Subprocess.run(command, input, PATIENCE);
        } catch (IOException notStarted) {
            throw new InitFailure(
                    ExitCode.APPLY_FAILED,
                    "cannot run " + program + ": " + notStarted.getMessage(),
                    "check that the program fits this machine and that the container may start processes");
        }
    }
}
