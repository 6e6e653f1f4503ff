package io.remora.spring;

import io.remora.config.NearNames;
import io.remora.config.Setting;
import io.remora.config.Settings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Finds names that look like settings of ours and are none, for they are misspelt as a rule. Stateless. */
final class UnknownNames {

    /** Those that the core does not know; conditions read most of them. */
    private static final List<String> OWN = List.of(
            OnRemoraActive.ENABLED,
            SettingsLoader.NAMESPACE,
            SettingsLoader.CLUSTER_DOMAIN,
            "remora.http.enabled",
            "remora.grpc.enabled",
            "remora.cloud.enabled",
            SettingsLoader.RELAY);

    /** Its names are checked by who reads them. */
    private static final ConfigurationPropertyName SERVICES = ConfigurationPropertyName.of(FixedServices.PREFIX);

    private static final String NOT_USED = " and is ignored";

    private UnknownNames() {}

    /**
     * Returns a warning for each of them.
     *
     * @param settings those of the table that have a meaning here
     */
    static List<String> warnings(EnvironmentValues values, List<Setting<?>> settings) {
        List<String> known = Stream.concat(OWN.stream(), settings.stream().map(Setting::property))
                .toList();
        Set<ConfigurationPropertyName> names =
                known.stream().map(ConfigurationPropertyName::of).collect(Collectors.toSet());
        Set<String> ofVariables = known.stream().map(UnknownNames::bare).collect(Collectors.toSet());
        Set<ConfigurationPropertyName> ofRelay = names(Settings.ofRelay());
        Set<ConfigurationPropertyName> ofAgents = names(Settings.all());
        Set<ConfigurationPropertyName> seen = new HashSet<>();
        List<String> warnings = new ArrayList<>();
        for (ConfigurationPropertyName given : values.namesBelow(EnvironmentValues.ROOT)) {
            ConfigurationPropertyName name = given.isLastElementIndexed() ? given.getParent() : given;
            boolean ours = names.contains(name)
                    || values.isVariable(given) && ofVariables.contains(bare(name.toString()))
                    || SERVICES.isAncestorOf(given);
            if (!ours && seen.add(name)) {
                String what = name + " is no setting" + NOT_USED
                        + NearNames.hint(Setting.PROPERTY_PREFIX, name.toString(), known);
                if (ofRelay.contains(name)) {
                    what = name + " has a meaning with " + SettingsLoader.RELAY + "=true only" + NOT_USED;
                } else if (ofAgents.contains(name)) {
                    what = name + " is a setting of the agent alone" + NOT_USED;
                }
                warnings.add(what);
            }
        }
        return warnings;
    }

    private static Set<ConfigurationPropertyName> names(List<Setting<?>> settings) {
        return settings.stream()
                .map(setting -> ConfigurationPropertyName.of(setting.property()))
                .collect(Collectors.toSet());
    }

    /** The name of a variable does not say which of its underscores are dots. */
    private static String bare(String name) {
        return name.replaceAll("[.-]", "");
    }
}
