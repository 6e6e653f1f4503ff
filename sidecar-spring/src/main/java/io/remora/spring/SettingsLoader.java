package io.remora.spring;

import io.remora.client.ClusterDomain;
import io.remora.config.ConfigException;
import io.remora.config.ConfigReader;
import io.remora.config.RemoraConfig;
import io.remora.config.Setting;
import io.remora.config.SettingSources;
import io.remora.config.Settings;
import io.remora.discovery.DnsLabel;
import io.remora.discovery.ServiceSnapshot;
import io.remora.embedded.EmbeddedRelay;
import io.remora.kubernetes.KubernetesConfig;
import io.remora.kubernetes.OwnNamespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;

/** Reads what is set for an application, or says everything that is wrong with it. Stateless. */
final class SettingsLoader {

    static final String NAMESPACE = "remora.namespace";
    static final String CLUSTER_DOMAIN = "remora.cluster-domain";

    /** Whether the application relays connections, too. */
    static final String RELAY = "remora.relay.enabled";

    private static final String DSCP = "remora.proxy-dscp";

    /** Instead of names of namespaces. */
    static final String ALL_NAMESPACES = "*";

    private static final String NAMESPACES = "remora.kubernetes.namespaces";
    private static final Pattern DOMAIN = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");

    private static final Logger LOGGER = LoggerFactory.getLogger(SettingsLoader.class);

    private SettingsLoader() {}

    /**
     * Reads everything.
     *
     * @param variables of the process, which tell where the API server is
     * @throws ConfigException naming each property that is wrong, its value and the fix
     */
    static ApplicationSettings load(Environment environment, Map<String, String> variables) {
        EnvironmentValues values = new EnvironmentValues(environment);
        boolean relay = environment.getProperty(RELAY, Boolean.class, false);
        List<Setting<?>> settings = Stream.concat(
                        Settings.ofApplications().stream(), relay ? Settings.ofRelay().stream() : Stream.empty())
                .toList();
        UnknownNames.warnings(values, settings)
                .forEach(warning -> LOGGER.atWarn().log("{}", warning));
        List<String> problems = new ArrayList<>();
        String namespace = matching(values, NAMESPACE, DnsLabel.PATTERN, "give the name of a namespace", problems);
        String domain = matching(
                values, CLUSTER_DOMAIN, DOMAIN, "give a domain in lower case, for example cluster.local", problems);

        Map<String, String> given = values.of(settings);
        if (relay) {
            markDials(given, problems);
        }
        boolean everywhere = given.remove(NAMESPACES, ALL_NAMESPACES);
        boolean fixed = !values.namesBelow(FixedServices.PREFIX).isEmpty();
        List<ServiceSnapshot> services = fixed
                ? new FixedServices(values, HostResolver.SYSTEM, problems)
                        .read(namespace == null ? OwnNamespace.DEFAULT : namespace)
                : List.of();
        ConfigReader.Loaded loaded = ConfigReader.read(SettingSources.ofApplication(given), problems, any -> {});
        String own = namespace != null
                ? namespace
                : fixed ? OwnNamespace.DEFAULT : ownNamespace(loaded.config().kubernetes(), variables);
        RemoraConfig config = fixed || everywhere ? loaded.config() : loaded.inNamespace(own);
        return new ApplicationSettings(config, own, domain == null ? ClusterDomain.read() : domain, services);
    }

    /** The relay has the application's user: without a mark its own dials would come back to it. */
    private static void markDials(Map<String, String> given, List<String> problems) {
        String dscp = given.putIfAbsent(DSCP, Integer.toString(EmbeddedRelay.DEFAULT_DSCP));
        if ("0".equals(dscp)) {
            problems.add(
                    DSCP + "=0: not valid with " + RELAY + "=true, since the relay has the user of the application; "
                            + "give the number that REMORA_PROXY_DSCP of the init container has, 1 to 63");
        }
    }

    private static @Nullable String matching(
            EnvironmentValues values, String name, Pattern pattern, String fix, List<String> problems) {
        String text = values.text(name);
        if (text == null || pattern.matcher(text).matches()) {
            return text;
        }
        problems.add(name + "=" + text + ": not valid; " + fix);
        return null;
    }

    /** An application that has no API server may have Services from elsewhere. */
    private static String ownNamespace(KubernetesConfig config, Map<String, String> variables) {
        try {
            return OwnNamespace.of(config, variables);
        } catch (IllegalArgumentException e) {
            return OwnNamespace.DEFAULT;
        }
    }
}
