package io.remora.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * {@code remora.enabled} decides; where it is not set, whether there is anything below {@code remora.services}, or the
 * application runs on Kubernetes.
 */
final class OnRemoraActive extends SpringBootCondition {

    static final String ENABLED = "remora.enabled";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Environment environment = context.getEnvironment();
        ConditionMessage.Builder message = ConditionMessage.forCondition("Remora");
        @Nullable Boolean enabled = environment.getProperty(ENABLED, Boolean.class);
        if (enabled != null) {
            return new ConditionOutcome(enabled, message.because(ENABLED + " is " + enabled));
        }
        if (!new EnvironmentValues(environment).namesBelow(FixedServices.PREFIX).isEmpty()) {
            return new ConditionOutcome(true, message.because(FixedServices.PREFIX + " has Services"));
        }
        boolean onKubernetes = CloudPlatform.KUBERNETES.isActive(environment);
        return new ConditionOutcome(
                onKubernetes,
                message.because(
                        onKubernetes
                                ? "the application runs on Kubernetes"
                                : "the application does not run on Kubernetes; set " + FixedServices.PREFIX + " or "
                                        + ENABLED + "=true"));
    }
}
