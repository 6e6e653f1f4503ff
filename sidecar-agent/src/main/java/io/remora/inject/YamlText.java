package io.remora.inject;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.type.TypeReference;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.core.util.Separators.Spacing;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** Writes values as YAML that versions 1.1, which Kubernetes reads, and 1.2 take for the same. Stateless. */
final class YamlText {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/][A-Za-z0-9./_-]*(:[A-Za-z0-9./_-]+)*");
    private static final Set<String> NOT_TEXT = Set.of("true", "false", "yes", "no", "on", "off", "y", "n", "null");

    private static final PrettyPrinter ONE_LINE = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                    .withObjectNameValueSpacing(Spacing.AFTER)
                    .withObjectEntrySpacing(Spacing.AFTER)
                    .withArrayElementSpacing(Spacing.AFTER)
                    .withObjectEmptySeparator("")
                    .withArrayEmptySeparator(""))
            .withObjectIndenter(new DefaultPrettyPrinter.NopIndenter())
            .withArrayIndenter(new DefaultPrettyPrinter.NopIndenter());

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final ObjectWriter JSON = MAPPER.writer().with(ONE_LINE);

    private YamlText() {}

    /** Returns a value in one line, as JSON, which is YAML too. */
    static String flow(Object value) {
        return JSON.writeValueAsString(value);
    }

    /** Reads what {@link #flow} wrote of a map of texts; empty if it is something else. */
    static Map<String, String> texts(String json) {
        try {
            return MAPPER.readValue(json, new TypeReference<Map<String, String>>() {});
        } catch (JacksonException e) {
            return Map.of();
        }
    }

    /** Returns the lines of a mapping or a list in block style, each with so many blanks before it. */
    static List<String> block(Object value, int indent) {
        String blanks = " ".repeat(indent);
        return lines(value).stream().map(line -> blanks + line).toList();
    }

    private static List<String> lines(Object value) {
        List<String> lines = new ArrayList<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, each) -> {
                String name = scalar(String.valueOf(key)) + ":";
                if (isCollection(each)) {
                    lines.add(name);
                    String blanks = each instanceof Map<?, ?> ? "  " : "";
                    lines(each).forEach(line -> lines.add(blanks + line));
                } else {
                    lines.add(name + " " + scalar(each));
                }
            });
        } else {
            for (Object each : (List<?>) value) {
                List<String> item = isCollection(each) ? lines(each) : List.of(scalar(each));
                for (int i = 0; i < item.size(); i++) {
                    lines.add((i == 0 ? "- " : "  ") + item.get(i));
                }
            }
        }
        return lines;
    }

    private static boolean isCollection(Object value) {
        return value instanceof Map<?, ?> map && !map.isEmpty() || value instanceof List<?> list && !list.isEmpty();
    }

    private static String scalar(Object value) {
        boolean plain = value instanceof String text
                && PLAIN.matcher(text).matches()
                && NOT_TEXT.stream().noneMatch(text::equalsIgnoreCase);
        return plain ? value.toString() : flow(value);
    }
}
