package io.remora.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.remora.agent.ExplainView.EndpointView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An {@link ExplainView} as the one line of JSON that programs read: the decision and no more. */
final class ExplainJson {

    private ExplainJson() {}

    static String line(ExplainView view) {
        boolean known = view.frontend() != null && !view.decision().equals("pass-through");
        boolean forward = view.decision().equals("forward");
        return Json.MAPPER.writeValueAsString(new Line(
                view.address(),
                view.port(),
                view.protocol(),
                view.decision(),
                known && view.frontend() != null ? view.frontend().service() : null,
                known && view.frontend() != null ? view.frontend().portName() : null,
                view.reason(),
                forward && view.affinity() != null ? view.affinity().seconds() : null,
                view.endpoints().stream().map(ExplainJson::endpoint).toList()));
    }

    private static Line.EndpointLine endpoint(EndpointView endpoint) {
        return new Line.EndpointLine(
                endpoint.address(), endpoint.port(), endpoint.eligible(), endpoint.reason(), endpoint.ejection());
    }

    /** The fields in their order. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Line(
            @Nullable String address,
            int port,
            String protocol,
            String decision,
            @Nullable String service,
            @Nullable String servicePort,
            String reason,
            @Nullable Long affinitySeconds,
            List<EndpointLine> endpoints) {

        /**
         * An endpoint and whether this connection may use it.
         *
         * @param ejection why it is not used now all the same; left out if it is
         */
        record EndpointLine(
                String address,
                int port,
                boolean eligible,
                String reason,

                @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
                EjectionView ejection) {}
    }
}
