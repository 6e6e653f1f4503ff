package io.remora.config;

import io.remora.balancer.BalancerConfig;
import io.remora.config.ServiceConfig.Problem;
import io.remora.outlier.HealthConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads the annotations of a Service, which are the settings of it, over what holds for all. Stateless, thread-safe. */
final class AnnotationsReader {

    private static final int LONGEST_SHOWN = 80;
    private static final Pattern UNPRINTABLE = Pattern.compile("\\p{Cntrl}");

    private final ServiceConfig base;
    private final Map<String, Setting<?>> settings; // by annotation

    AnnotationsReader(ServiceConfig base) {
        this.base = base;
        this.settings = Settings.ofServices().stream()
                .collect(Collectors.toMap(Setting::annotation, Function.identity(), (a, b) -> a, TreeMap::new));
    }

    /** What holds for a Service without annotations. */
    ServiceConfig base() {
        return base;
    }

    ServiceConfig read(Map<String, String> annotations) {
        Reading reading = new Reading(annotations);
        BalancerConfig balancer = BalancerSettings.read(reading, base.balancer());
        HealthConfig health = HealthSettings.read(reading, base.health());
        new TreeMap<>(annotations).forEach((name, value) -> {
            if (name.startsWith(Setting.ANNOTATION_PREFIX) && !settings.containsKey(name)) {
                reading.problem(
                        name,
                        "no annotation of a Service"
                                + NearNames.hint(Setting.ANNOTATION_PREFIX, name, settings.keySet()));
            }
        });
        return new ServiceConfig(balancer, health, reading.valid, reading.problems);
    }

    /** One reading. Not thread-safe. */
    private final class Reading implements ValueReader {

        private final Map<String, String> given;
        private final Map<String, String> valid = new TreeMap<>();
        private final List<Problem> problems = new ArrayList<>();

        Reading(Map<String, String> given) {
            this.given = given;
        }

        @Override
        public <T> T get(Setting<T> setting, T otherwise) {
            String name = setting.annotation();
            String text = given.getOrDefault(name, "").strip();
            if (text.isEmpty()) {
                return otherwise;
            }
            try {
                T value = setting.type().parse(text);
                valid.put(name, setting.type().format(value));
                return value;
            } catch (IllegalArgumentException e) {
                problem(name, "not valid; give " + setting.type().fix());
                return otherwise;
            }
        }

        @Override
        public <R> R build(Supplier<R> record, R fallback, Setting<?>... from) {
            try {
                return record.get();
            } catch (IllegalArgumentException e) {
                List<String> toBlame = Arrays.stream(from)
                        .map(Setting::annotation)
                        .filter(valid::containsKey)
                        .toList();
                if (!toBlame.isEmpty()) {
                    problem(toBlame.get(0), inAnnotations(String.valueOf(e.getMessage()), from));
                    valid.keySet().removeAll(toBlame);
                }
                return fallback;
            }
        }

        private String inAnnotations(String text, Setting<?>... named) {
            String written = text;
            for (Setting<?> setting : named) {
                if (valid.containsKey(setting.annotation())) {
                    written = written.replace(setting.property(), setting.annotation());
                }
            }
            return written;
        }

        void problem(String name, String text) {
            String value = UNPRINTABLE.matcher(given.getOrDefault(name, "")).replaceAll(" ");
            problems.add(new Problem(
                    name, value.length() > LONGEST_SHOWN ? value.substring(0, LONGEST_SHOWN) + "..." : value, text));
        }
    }
}
