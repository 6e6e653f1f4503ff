package io.remora.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.CommittedDocument;
import io.remora.balancer.Outcome;
import java.io.IOException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetersDocumentTest {

    private static final String HEAD = """
            # Metrics

            `GET /metrics` of the admin server, in Prometheus's text format. The names in Micrometer, where the library is
            embedded, have dots for underscores and neither unit nor `_total`.

            Series with the tags `namespace` and `service` show from the first connection to that Service on and vanish
            with it, so their number follows what the pod uses, not the size of the cluster. Both tags are `-` for
            connections that go to no Service and are passed through, and as long as it is not known where one goes. No tag
            has the address of a pod: `GET /services` tells about each endpoint.

            | name | kind | tags | |
            |---|---|---|---|
            """;

    private static final String OUTCOMES = """

            ## Outcomes

            | `outcome` | the endpoint |
            |---|---|
            | `success` | did what it was asked for |
            | `refused` | refused the connection |
            | `timeout` | did not answer in time: by the kernel's count, or for `remora.connect.fail-fast` while another one did |
            | `slow` | had not answered by the step of the connect ladder (`remora.connect.steps`), and another one, dialled later, was faster |
            | `unreachable` | could not be reached, as the network said, or reset the handshake |
            | `reset` | reset the connection before it sent a byte |
            | `cancelled` | is not to blame: another attempt was a little faster, or the client left |
            | `local_error` | is not to blame: the agent had no file descriptor, port or route |

            All but `success`, `cancelled` and `local_error` count among the `FAILURES` of `remora endpoints`.
            """;

    @Test
    void documentationIsWhatTheTableSays() throws IOException {
        StringBuilder text = new StringBuilder(HEAD);
        for (Meters meter : Meters.values()) {
            String tags = meter.tags().stream().map(tag -> "`" + tag + "`").collect(Collectors.joining(", "));
            text.append("| `%s` | %s | %s | %s. |%n"
                    .formatted(meter.prometheusName(), meter.kind().text(), tags, meter.help()));
        }
        CommittedDocument.check("metrics.md", text.append(OUTCOMES).toString());
    }

    @Test
    void everyOutcomeIsExplained() {
        assertThat(Outcome.values())
                .allSatisfy(outcome -> assertThat(OUTCOMES).contains("| `" + outcome.label() + "` |"));
    }
}
