package io.remora.config;

import java.util.regex.Pattern;

/**
 * The variables that Kubernetes gives a pod for each Service of its namespace, in the forms of its own and of docker
 * links. Those of a Service whose name starts with {@code remora} look like settings: one named {@code remora-admin}
 * makes {@code REMORA_ADMIN_PORT=tcp://10.96.0.9:80}. Stateless.
 */
public final class ServiceVariables {

    private static final Pattern OF_ANY_SERVICE = Pattern.compile(Setting.ENVIRONMENT_PREFIX
            + "(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    private ServiceVariables() {}

    /** Whether a variable of that name is a Service's whatever its value, so that no setting may be called so. */
    static boolean isName(String variable) {
        return variable.equals("REMORA_PORT")
                || variable.startsWith("REMORA_PORT_")
                || variable.startsWith("REMORA_SERVICE_")
                || OF_ANY_SERVICE.matcher(variable).matches();
    }

    /** Whether a variable is a Service's and nothing that a user has set. */
    public static boolean is(String variable, String value) {
        return isName(variable) || (variable.endsWith("_PORT") && value.contains("://"));
    }
}
