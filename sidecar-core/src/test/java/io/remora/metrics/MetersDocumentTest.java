package io.remora.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.CommittedDocument;
import io.remora.balancer.Outcome;
import io.remora.client.RequestRefusedException;
import io.remora.outlier.HealthListener;
import io.remora.relay.CloseReason;
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

            In an application there are the same, but for those whose names begin with `remora_connect`, `remora_accept`,
            `remora_relayed` or `remora_build`, which are the agent's; those that begin with `remora_requests` are an
            application's alone. There they show from the first request to a Service on. One that
            [relays](spring.md#the-relay-inside-the-application) has the first three kinds too, from the first connection on; the
            relayed connections that are open count among its `remora_requests_active` as well.

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
            | `unreachable` | could not be reached, as the network said |
            | `reset` | took the connection and reset it before it sent a byte, while the client's stream was open |
            | `server_error` | answered that it failed, where requests are seen: HTTP 5xx, or such a gRPC status |
            | `cancelled` | is not to blame: another attempt was a little faster, or the client left, or ended its stream and was reset, before it answered |
            | `local_error` | is not to blame: the agent had no file descriptor, port or route |

            All but `success`, `cancelled` and `local_error` count among the `FAILURES` of `remora endpoints`.
            """;

    private static final String REASONS = """

            ## Reasons of connections

            | `reason` | why the downstream connection ended |
            |---|---|
            | `completed` | both sides ended their streams |
            | `client_reset` | the client reset it while it was relayed |
            | `upstream_reset` | the endpoint reset it, or stopped answering, while it was relayed |
            | `client_left` | the client reset it before an endpoint was connected |
            | `no_endpoint` | the Service has no usable endpoint |
            | `outside_source_ranges` | the Service's `loadBalancerSourceRanges` do not hold the client |
            | `undefined_port` | the Service does not have the port |
            | `limit` | as many connections are open, or waiting for an endpoint, as `remora.max-connections` and `remora.max-pending` allow |
            | `breaker_open` | the Service's circuit breaker is open (`remora.breaker.destination`) |
            | `connect_failed` | every connect failed, and at least one endpoint was to blame |
            | `local_error` | the agent had no file descriptor, port, route or memory |
            | `not_redirected` | it was dialled to the relay itself |
            | `loop` | it leads back into the relay |
            | `idle_timeout` | no byte moved for `remora.idle-timeout` |
            | `endpoint_gone` | its endpoint had been gone for `remora.gone-endpoint-timeout` |
            | `shutdown` | the agent ended |

            ## Reasons of requests

            | `reason` | why the request was not sent |
            |---|---|
            | `no_endpoint` | the Service has no usable endpoint |
            | `limit` | as many requests are under way, or waiting for a connection, as `remora.max-connections` and `remora.max-pending` allow |
            | `breaker_open` | the Service's circuit breaker is open (`remora.breaker.destination`) |
            """;

    private static final String RULES = """

            ## Rules

            | `rule` | the endpoint was ejected |
            |---|---|
            | `consecutive_failures` | after failures in a row |
            | `success_rate` | for a success rate far below that of the others |
            | `failure_percentage` | for the part of its picks that failed |
            | `breaker` | because its circuit breaker opened |
            | `probe` | because probes failed in a row |
            | `trial` | again, because it failed what was to bring it back |
            """;

    @Test
    void documentationIsWhatTheTableSays() throws IOException {
        StringBuilder text = new StringBuilder(HEAD);
        for (Meters meter : Meters.values()) {
            String tags = meter.tags().stream().map(tag -> "`" + tag + "`").collect(Collectors.joining(", "));
            text.append("| `%s` | %s | %s | %s. |%n"
                    .formatted(meter.prometheusName(), meter.kind().text(), tags, meter.help()));
        }
        CommittedDocument.check(
                "metrics.md",
                text.append(OUTCOMES).append(REASONS).append(RULES).toString());
    }

    @Test
    void everyOutcomeIsExplained() {
        assertThat(Outcome.values())
                .allSatisfy(outcome -> assertThat(OUTCOMES).contains("| `" + outcome.label() + "` |"));
    }

    @Test
    void everyReasonIsExplained() {
        assertThat(CloseReason.values())
                .allSatisfy(reason -> assertThat(REASONS).contains("| `" + reason.label() + "` |"));
    }

    @Test
    void everyReasonOfARequestIsExplained() {
        String ofRequests = REASONS.substring(REASONS.indexOf("## Reasons of requests"));
        assertThat(RequestRefusedException.Reason.values())
                .allSatisfy(reason -> assertThat(ofRequests).contains("| `" + reason.label() + "` |"));
    }

    @Test
    void everyRuleIsExplained() {
        assertThat(HealthListener.Rule.values())
                .allSatisfy(rule -> assertThat(RULES).contains("| `" + rule.label() + "` |"));
    }
}
