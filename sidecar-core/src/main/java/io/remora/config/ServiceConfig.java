package io.remora.config;

import io.remora.balancer.BalancerConfig;
import io.remora.outlier.HealthConfig;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What holds for one Service. Immutable.
 *
 * @param balancer how its endpoints are chosen
 * @param health how the sick ones among them are found out
 * @param annotations what the Service's annotations set, by their names, as they are written in settings
 * @param problems annotations that are ignored
 */
public record ServiceConfig(
        BalancerConfig balancer, HealthConfig health, Map<String, String> annotations, List<Problem> problems) {

    public ServiceConfig {
        annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
        problems = List.copyOf(problems);
    }

    /**
     * An annotation of no use.
     *
     * @param value as it was given, cut if it is long
     * @param text what is wrong, and the fix
     */
    public record Problem(String annotation, String value, String text) {

        /** Returns {@code annotation=value: text}. */
        @Override
        public String toString() {
            return annotation + "=" + value + ": " + text;
        }
    }
}
