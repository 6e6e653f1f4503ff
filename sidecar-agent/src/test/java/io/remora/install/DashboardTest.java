package io.remora.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.metrics.Meters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Grafana dashboard asks for metrics and tags that there are. */
class DashboardTest {

    private static final Path FILE = Path.of("install", "helm", "remora", "dashboards", "remora.json");
    private static final Pattern METRIC = Pattern.compile("\\bremora_[a-z_]+\\b");
    private static final Pattern TAGS = Pattern.compile("(?:by|without) \\(([^)]*)\\)|\\{\\{([a-z_]+)}}");

    @Test
    void everyMetricAndTagExists() throws Exception {
        JsonNode dashboard = new JsonMapper().readTree(Files.readString(FILE));
        Set<String> known = new TreeSet<>();
        Set<String> tags = new TreeSet<>(Set.of("le"));
        for (Meters meter : Meters.values()) {
            known.add(meter.prometheusName());
            known.add(meter.prometheusName() + "_bucket");
            tags.addAll(meter.tags());
        }
        Set<String> asked = new TreeSet<>();
        for (JsonNode panel : dashboard.path("panels")) {
            assertThat(panel.path("description").asString(""))
                    .as("%s", panel.path("title"))
                    .isNotEmpty();
            for (JsonNode target : panel.path("targets")) {
                String text = target.path("expr").asString("") + " "
                        + target.path("legendFormat").asString("");
                collect(METRIC.matcher(text), asked);
                Matcher matcher = TAGS.matcher(text);
                while (matcher.find()) {
                    String names = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
                    assertThat(tags).as(text).contains(names.split(", *", -1));
                }
            }
        }
        for (JsonNode variable : dashboard.path("templating").path("list")) {
            collect(METRIC.matcher(variable.path("query").path("query").asString("")), asked);
        }

        assertThat(asked).hasSizeGreaterThan(10).isSubsetOf(known);
    }

    private static void collect(Matcher matcher, Set<String> into) {
        while (matcher.find()) {
            into.add(matcher.group());
        }
    }
}
