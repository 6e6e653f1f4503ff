package io.remora.metrics;

import io.remora.CommittedDocument;
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

    @Test
    void documentationIsWhatTheTableSays() throws IOException {
        StringBuilder text = new StringBuilder(HEAD);
        for (Meters meter : Meters.values()) {
            String tags = meter.tags().stream().map(tag -> "`" + tag + "`").collect(Collectors.joining(", "));
            text.append("| `%s` | %s | %s | %s. |%n"
                    .formatted(meter.prometheusName(), meter.kind().text(), tags, meter.help()));
        }
        CommittedDocument.check("metrics.md", text.toString());
    }
}
