package io.remora.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(60)
class WebhookCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter err = new StringWriter();

    private int run(TestCertificate pair, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("--tls-certificate=" + pair.certificate(), "--tls-key=" + pair.key()));
        arguments.addAll(List.of(more));
        return new CommandLine(new WebhookCommand("1.2.3"))
                .setErr(new PrintWriter(err))
                .execute(arguments.toArray(String[]::new));
    }

    @Test
    void badUsageIsNamed() {
        TestCertificate none = new TestCertificate(folder.resolve("none.crt"), folder.resolve("none.key"));
        assertThat(run(none)).isEqualTo(2);
        assertThat(err.toString()).contains("--service-cidr is missing: kubectl get servicecidrs");
        assertThat(run(none, "--service-cidr=10.96.0.0/16", "--on-refusal=warn"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--on-refusal warn: give one of admit, deny");
        assertThat(run(none, "--service-cidr=10.96.0.0/16", "--sidecar=both")).isEqualTo(2);
        assertThat(err.toString()).contains("--sidecar both: give one of native, plain");
        assertThat(run(none, "--service-cidr=10.96.0.0/16", "--shutdown-delay=5"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--shutdown-delay: not a duration: '5'");
        assertThat(run(none, "--service-cidr=10.96.0.0/16")).isEqualTo(2);
        assertThat(err.toString()).contains("none.crt cannot be read");
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        TestCertificate pair = TestCertificate.make(folder, "tls");
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThat(run(pair, "--set=service-cidr=10.96.0.0/16", "--port=" + taken.getLocalPort()))
                    .isEqualTo(3);
            assertThat(err.toString()).contains("--port " + taken.getLocalPort() + " cannot be listened on: ");
        }
    }
}
