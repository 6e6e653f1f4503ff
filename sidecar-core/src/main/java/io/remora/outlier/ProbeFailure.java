package io.remora.outlier;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Our own trouble with a probe: nothing was sent. It also tells whose trouble what the JDK throws is. */
final class ProbeFailure extends IOException {

    private static final long serialVersionUID = 1;

    /** What the system says where we are to blame, and what the JDK says where its own loop ended. */
    private static final List<String> OURS = List.of(
            "too many open files",
            "cannot assign requested address",
            "network is unreachable",
            "no buffer space",
            "cannot allocate memory",
            "out of memory",
            "operation not permitted",
            "permission denied",
            "selector manager closed");

    ProbeFailure(Throwable cause) {
        super(cause.getMessage(), cause);
    }

    static Prober.Result result(Throwable problem) {
        for (Throwable each = problem; each != null; each = each.getCause()) {
            if (isOurs(each)) {
                return Prober.Result.UNKNOWN;
            }
        }
        return Prober.Result.UNHEALTHY;
    }

    private static boolean isOurs(Throwable problem) {
        return problem instanceof ProbeFailure
                || problem instanceof CancellationException
                || problem instanceof RuntimeException && !(problem instanceof CompletionException)
                || problem instanceof Error
                || isOurs(problem.getMessage());
    }

    private static boolean isOurs(@Nullable String message) {
        String text = message == null ? "" : message.toLowerCase(Locale.ROOT);
        return OURS.stream().anyMatch(text::contains);
    }
}
