package io.remora.lab.api;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an API server counts about itself. A kube-apiserver also watches its own objects (Services and EndpointSlices once
 * each), so compare with a reading from before.
 *
 * @param text its Prometheus metrics
 */
public record ApiServerMetrics(String text) {
    private static final Pattern SAMPLE = Pattern.compile("(?m)^(\\w+)\\{([^}]*)} (\\S+)$");

    /** Open watches of a type, {@code services} for example. */
    public long openWatches(String resource) {
        return sum("apiserver_longrunning_requests", ",resource=\"" + resource + "\"", ",verb=\"WATCH\"");
    }

    /**
     * Requests answered so far.
     *
     * @param verb LIST, GET, WATCH, POST, PUT, PATCH or DELETE; a watch counts when it ends on a kube-apiserver
     * @param resource the type, {@code endpointslices} for example
     */
    public long requests(String verb, String resource) {
        return sum("apiserver_request_total", ",resource=\"" + resource + "\"", ",verb=\"" + verb + "\"");
    }

    private long sum(String name, String... labels) {
        long sum = 0;
        Matcher matcher = SAMPLE.matcher(text);
        while (matcher.find()) {
            boolean matches = matcher.group(1).equals(name);
            for (String label : labels) {
                matches = matches && matcher.group(2).contains(label);
            }
            if (matches) {
                sum += (long) Double.parseDouble(matcher.group(3));
            }
        }
        return sum;
    }
}
