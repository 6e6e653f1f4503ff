package io.remora.agent;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.remora.agent.Explainer.UnknownServiceException;
import io.remora.config.Durations;
import io.remora.config.RemoraConfig;
import io.remora.config.ServiceAnnotations;
import io.remora.discovery.IpAddress;
import io.remora.registry.ServiceRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /explain?target=ADDRESS:PORT}: what becomes of a connection from this pod, and why. */
final class ExplainPage implements AdminPage {

    private final ChoiceExplainer choice;
    private final List<String> steps;
    private final ServiceRegistry registry;
    private final Explainer.Use use;

    /**
     * @param policyOrigin the flag, variable or property that sets the policy; null if nothing does
     */
    ExplainPage(RemoraConfig config, @Nullable String policyOrigin, ServiceRegistry registry, Explainer.Use use) {
        this.choice = new ChoiceExplainer(new ServiceAnnotations(config.balancer(), config.health()), policyOrigin);
        this.steps =
                config.relay().connect().steps().stream().map(Durations::format).toList();
        this.registry = registry;
        this.use = use;
    }

    /**
     * The answer where nothing can be explained.
     *
     * @param synced whether the agent knows all Services
     */
    record Problem(String error, boolean synced) {}

    @Override
    public AdminResponse respond(AdminRequest request) {
        String target = request.parameter("target");
        if (target == null) {
            return problem(HttpResponseStatus.BAD_REQUEST, "say what to explain: /explain?target=10.96.0.10:80");
        }
        IpAddress client;
        ExplainTarget parsed;
        try {
            client = client(request.parameter("client"));
            parsed = ExplainTarget.parse(target);
        } catch (IllegalArgumentException e) {
            return problem(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
        }
        lookUp(parsed, client);
        Explainer explainer = new Explainer(registry.snapshot(), use, choice, steps);
        try {
            return AdminResponse.json(HttpResponseStatus.OK, Json.write(explainer.explain(parsed, client)));
        } catch (UnknownServiceException e) {
            return problem(HttpResponseStatus.NOT_FOUND, String.valueOf(e.getMessage()));
        }
    }

    /** Where Services are watched on demand, the next question finds what this one asks for; this one does not wait. */
    private void lookUp(ExplainTarget target, @Nullable IpAddress client) {
        if (target instanceof ExplainTarget.Address asked && registry.snapshot().synced()) {
            registry.lookUp(asked.address(), client == null ? asked.address().ip() : client)
                    .close();
        }
    }

    private AdminResponse problem(HttpResponseStatus status, String text) {
        return AdminResponse.json(
                status, Json.write(new Problem(text, registry.snapshot().synced())));
    }

    private static @Nullable IpAddress client(@Nullable String text) {
        return text == null
                ? null
                : IpAddress.tryParse(text)
                        .orElseThrow(
                                () -> new IllegalArgumentException("client must be an IP address: '" + text + "'"));
    }
}
