package io.remora.kubernetes;

import java.util.List;
import java.util.stream.Collectors;

/** Objects as an API server sends them. */
final class ApiObjects {

    private ApiObjects() {}

    /** A Service {@code default/name} with one TCP port 80, whose uid follows from its name. */
    static String service(String name, long version, String clusterIp) {
        return service("default", name, version, clusterIp, "uid-" + name);
    }

    static String service(String namespace, String name, long version, String clusterIp, String uid) {
        return """
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"%s","namespace":"%s","uid":"%s",
                "resourceVersion":"%d","managedFields":[{"manager":"m","fieldsV1":{"f:spec":{}}}]},
                "spec":{"type":"ClusterIP","clusterIP":"%s","clusterIPs":["%s"],
                "ports":[{"name":"http","port":80,"protocol":"TCP","targetPort":"web"}]}}""".formatted(name, namespace, uid, version, clusterIp, clusterIp)
                .replace("\n", "");
    }

    /** A slice of a Service in {@code default} with its port {@code http} at 8080. */
    static String slice(String name, long version, String service, String... ips) {
        return slice("default", name, version, service, ips);
    }

    static String slice(String namespace, String name, long version, String service, String... ips) {
        String endpoints = List.of(ips).stream()
                .map(ip -> "{\"addresses\":[\"" + ip + "\"],\"conditions\":{\"ready\":true}}")
                .collect(Collectors.joining(","));
        return """
                {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"%s","namespace":"%s",
                "uid":"uid-%s","resourceVersion":"%d","labels":{"kubernetes.io/service-name":"%s"}},
                "addressType":"IPv4","endpoints":[%s],"ports":[{"name":"http","port":8080,"protocol":"TCP"}]}""".formatted(name, namespace, name, version, service, endpoints).replace("\n", "");
    }

    static String list(long version, String... items) {
        return "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"" + version
                + "\"},\"items\":[" + String.join(",", items) + "]}\n";
    }

    static String event(String type, String object) {
        return "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
    }

    static String bookmark(long version) {
        return event("BOOKMARK", "{\"kind\":\"Service\",\"metadata\":{\"resourceVersion\":\"" + version + "\"}}");
    }

    static String error(int code) {
        return event("ERROR", "{\"kind\":\"Status\",\"code\":" + code + ",\"message\":\"for a test\"}");
    }
}
