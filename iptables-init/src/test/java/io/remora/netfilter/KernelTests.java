package io.remora.netfilter;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Tests that need root, network namespaces and the iptables programs: skipped with a message where one is missing. */
final class KernelTests {

    private KernelTests() {}

    /** Skips, or fails where {@code -Dremora.test.require.kernel=true}. */
    static void require() {
        String missing = missing();
        if (!missing.isEmpty()) {
            if (Boolean.getBoolean("remora.test.require.kernel")) {
                fail("kernel tests are required, but " + missing);
            }
            abort("skipped: " + missing);
        }
    }

    private static String missing() {
        if (!TestNamespace.isPackaged()) {
            return "the jar is not built (mvn package)";
        }
        String script = "test \"$(id -u)\" = 0 || { echo not root; exit 1; }; "
                + "for p in unshare nsenter setpriv ip bash flock timeout iptables-nft-save iptables-legacy-save "
                + "ip6tables-nft-save ip6tables-legacy-save nft; do command -v $p >/dev/null || { echo no $p; exit 1; }; done; "
                + "unshare --net --mount sh -c 'iptables-nft -t nat -S && iptables-legacy -t nat -S && "
                + "ip6tables-nft -t nat -S && ip6tables-legacy -t nat -S' 2>&1 >/dev/null";
        try {
            Subprocess.Result result = Subprocess.run(List.of("sh", "-c", script), null, Duration.ofSeconds(20));
            return result.ok() ? "" : "this machine cannot: " + result.out().trim();
        } catch (IOException noShell) {
            return noShell.toString();
        }
    }
}
