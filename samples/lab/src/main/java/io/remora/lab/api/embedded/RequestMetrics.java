package io.remora.lab.api.embedded;

import java.util.Map;
import java.util.TreeMap;

/** Counts requests and open watches under the names that kube-apiserver gives them. Owned by the event loop. */
final class RequestMetrics {
    private final Map<String, Long> requests = new TreeMap<>();
    private final Map<String, Long> watches = new TreeMap<>();

    void request(Target target, String verb, int code) {
        add(requests, labels(target, verb, "code=\"" + code + "\","), 1);
    }

    void watches(Target target, int change) {
        add(watches, labels(target, "WATCH", ""), change);
    }

    private static void add(Map<String, Long> to, String labels, long change) {
        to.merge(labels, change, Long::sum);
    }

    private static String labels(Target target, String verb, String more) {
        ResourceType type = target.type();
        return "{" + more + "component=\"apiserver\",group=\"" + type.group() + "\",resource=\"" + type.plural()
                + "\",scope=\"" + target.scope() + "\",subresource=\"" + target.subresource() + "\",verb=\"" + verb
                + "\",version=\"" + type.version() + "\"} ";
    }

    /** The Prometheus text. */
    String text() {
        StringBuilder text = new StringBuilder("# TYPE apiserver_request_total counter\n");
        requests.forEach((labels, value) -> text.append("apiserver_request_total")
                .append(labels)
                .append(value)
                .append('\n'));
        text.append("# TYPE apiserver_longrunning_requests gauge\n");
        watches.forEach((labels, value) -> text.append("apiserver_longrunning_requests")
                .append(labels)
                .append(value)
                .append('\n'));
        return text.toString();
    }
}
