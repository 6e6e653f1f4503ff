package io.remora.agent;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.stream.Collectors;

/** {@code /ready} and {@code /live}: for probes, and for people who ask why. */
final class StatusPages {

    private final AgentStatus status;

    StatusPages(AgentStatus status) {
        this.status = status;
    }

    /** 200 once connections no longer wait for the start; the body names what is degraded. */
    AdminResponse ready(AdminRequest request) {
        StatusView view = status.view();
        String body = view.state()
                + view.reasons().stream().map(reason -> "\n- " + reason).collect(Collectors.joining());
        return AdminResponse.text(
                status.isReady() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE, body);
    }

    /** 200 as long as the process answers: nothing that a restart would not mend makes it fail. */
    AdminResponse live(AdminRequest request) {
        return AdminResponse.text(HttpResponseStatus.OK, "alive");
    }
}
