package io.remora.lab.api.embedded;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Defaults, validation and addresses of Services, as the API server gives them. Every ClusterIP has an IPAddress object,
 * which is also the record of what is taken. Owned by the event loop.
 */
final class ServiceAdmission {
    private static final int FIRST_NODE_PORT = 30_000;
    private static final int LAST_NODE_PORT = 32_767;
    /** Low addresses are left to those who ask for one. */
    private static final long FIRST_DYNAMIC = 256;

    private final ObjectStore store;
    private final long[] next = {FIRST_DYNAMIC, FIRST_DYNAMIC};

    ServiceAdmission(ObjectStore store) {
        this.store = store;
    }

    /** Completes a Service before it is stored, and takes and releases addresses. */
    void admit(ObjectKey key, ObjectNode service, @Nullable ObjectNode old) {
        ObjectNode spec = Json.child(service, "spec");
        Json.putIfAbsent(spec, "type", "ClusterIP");
        Json.putIfAbsent(spec, "sessionAffinity", "None");
        if (Json.text(spec, "sessionAffinity").equals("ClientIP")) {
            ObjectNode clientIp = Json.child(Json.child(spec, "sessionAffinityConfig"), "clientIP");
            if (!clientIp.has("timeoutSeconds")) {
                clientIp.put("timeoutSeconds", 10_800);
            }
        }
        ports(key, spec);
        Set<String> owned = old == null ? Set.of() : addresses(old.path("spec"));
        Set<String> wanted = Set.of();
        if (!Json.text(spec, "type").equals("ExternalName")) {
            Json.putIfAbsent(spec, "internalTrafficPolicy", "Cluster");
            carryOver(key, spec, old);
            wanted = assign(key, spec, owned);
            nodePorts(key, spec, old);
        }
        Json.child(Json.child(service, "status"), "loadBalancer");
        Set<String> released = new HashSet<>(owned);
        released.removeAll(wanted);
        released.forEach(this::release);
        wanted.stream().filter(ip -> !owned.contains(ip)).forEach(ip -> take(key, ip));
    }

    void release(ObjectNode service) {
        addresses(service.path("spec")).forEach(this::release);
    }

    private static void ports(ObjectKey key, ObjectNode spec) {
        ArrayNode ports = Json.array(spec, "ports");
        boolean none = ports == null || ports.isEmpty();
        String type = Json.text(spec, "type");
        if (none
                && !type.equals("ExternalName")
                && !Json.text(spec, "clusterIP").equals("None")) {
            throw ApiFailure.invalid(key, "spec.ports", "Required value");
        }
        Set<String> names = new HashSet<>();
        for (JsonNode each : ports == null ? List.<JsonNode>of() : ports) {
            ObjectNode port = (ObjectNode) each;
            int number = port.path("port").asInt(0);
            if (number < 1 || number > 65_535) {
                throw ApiFailure.invalid(key, "spec.ports[].port", "Invalid value: " + number + ": must be 1-65535");
            }
            Json.putIfAbsent(port, "protocol", "TCP");
            if (!port.has("targetPort")) {
                port.put("targetPort", number);
            }
            String name = Json.text(port, "name");
            if (ports != null && ports.size() > 1 && name.isEmpty()) {
                throw ApiFailure.invalid(key, "spec.ports[].name", "Required value");
            }
            if (!names.add(name)) {
                throw ApiFailure.invalid(key, "spec.ports[].name", "Duplicate value: \"" + name + "\"");
            }
        }
    }

    /** What a client left out of an update stays as it was. */
    private static void carryOver(ObjectKey key, ObjectNode spec, @Nullable ObjectNode old) {
        if (old == null || Json.text(old, "spec", "type").equals("ExternalName")) {
            return;
        }
        JsonNode oldSpec = old.path("spec");
        String oldAddress = Json.text(oldSpec, "clusterIP");
        Json.putIfAbsent(spec, "clusterIP", oldAddress);
        if (!Json.text(spec, "clusterIP").equals(oldAddress)) {
            throw ApiFailure.invalid(
                    key,
                    "spec.clusterIPs[0]",
                    "Invalid value: " + Json.text(spec, "clusterIP") + ": field is immutable");
        }
        for (String field : List.of("clusterIPs", "ipFamilies", "ipFamilyPolicy")) {
            JsonNode value = oldSpec.get(field);
            if (!spec.has(field) && value != null) {
                spec.set(field, value.deepCopy());
            }
        }
    }

    private Set<String> assign(ObjectKey key, ObjectNode spec, Set<String> owned) {
        List<String> asked = asked(spec);
        boolean headless = asked.contains("None");
        List<String> families = families(spec, asked, headless);
        ArrayNode familyNodes = spec.putArray("ipFamilies");
        families.forEach(familyNodes::add);
        Set<String> addresses = new LinkedHashSet<>();
        if (headless) {
            spec.put("clusterIP", "None");
            spec.putArray("clusterIPs").add("None");
            return addresses;
        }
        for (String family : families) {
            ServiceCidr cidr = ServiceCidr.of(family);
            String address = asked.stream()
                    .filter(each -> ServiceCidr.ofAddress(each).equals(cidr))
                    .findFirst()
                    .map(each -> checked(key, cidr, each, owned))
                    .orElseGet(() -> free(key, cidr));
            addresses.add(address);
        }
        spec.put("clusterIP", addresses.iterator().next());
        ArrayNode all = spec.putArray("clusterIPs");
        addresses.forEach(all::add);
        return addresses;
    }

    private static List<String> asked(ObjectNode spec) {
        List<String> asked = new ArrayList<>();
        ArrayNode list = Json.array(spec, "clusterIPs");
        if (list != null) {
            list.forEach(each -> asked.add(each.asString()));
        }
        String single = Json.text(spec, "clusterIP");
        if (asked.isEmpty() && !single.isEmpty()) {
            asked.add(single);
        }
        return asked;
    }

    private static List<String> families(ObjectNode spec, List<String> asked, boolean headless) {
        Set<String> families = new LinkedHashSet<>();
        if (!headless) {
            asked.forEach(each -> families.add(ServiceCidr.ofAddress(each).family()));
        }
        ArrayNode given = Json.array(spec, "ipFamilies");
        if (given != null) {
            given.forEach(each -> families.add(each.asString()));
        }
        boolean anyFamily = headless && spec.path("selector").isEmpty();
        Json.putIfAbsent(spec, "ipFamilyPolicy", families.size() > 1 || anyFamily ? "RequireDualStack" : "SingleStack");
        if (families.isEmpty()) {
            families.add(ServiceCidr.IPV4.family());
        }
        if (Json.text(spec, "ipFamilyPolicy").equals("SingleStack")) {
            return List.of(families.iterator().next());
        }
        families.add(ServiceCidr.IPV4.family());
        families.add(ServiceCidr.IPV6.family());
        return List.copyOf(families);
    }

    private String checked(ObjectKey key, ServiceCidr cidr, String asked, Set<String> owned) {
        String problem = "Invalid value: [\"" + asked + "\"]: failed to allocate IP " + asked + ": ";
        long number = cidr.number(asked)
                .orElseThrow(() -> ApiFailure.invalid(
                        key, "spec.clusterIPs", problem + "the provided network does not match the current range"));
        String address = cidr.address(number);
        if (!owned.contains(address) && isTaken(address)) {
            throw ApiFailure.invalid(key, "spec.clusterIPs", problem + "provided IP is already allocated");
        }
        return address;
    }

    private String free(ObjectKey key, ServiceCidr cidr) {
        int slot = cidr.equals(ServiceCidr.IPV4) ? 0 : 1;
        for (long tried = FIRST_DYNAMIC; tried < cidr.size(); tried++) {
            String address = cidr.address(next[slot]);
            next[slot] = next[slot] + 1 < cidr.size() - 1 ? next[slot] + 1 : FIRST_DYNAMIC;
            if (!isTaken(address)) {
                return address;
            }
        }
        throw ApiFailure.invalid(key, "spec.clusterIPs", "failed to allocate an IP: range " + cidr.cidr() + " is full");
    }

    private static ObjectKey addressKey(String address) {
        return new ObjectKey(ResourceType.IP_ADDRESSES, "", address);
    }

    private boolean isTaken(String address) {
        return store.find(addressKey(address)).isPresent();
    }

    private void take(ObjectKey service, String address) {
        ObjectNode object = Objects.create(addressKey(address));
        ObjectNode labels = Json.child(Json.metadata(object), "labels");
        labels.put(
                "ipaddress.kubernetes.io/ip-family",
                ServiceCidr.ofAddress(address).family());
        labels.put("ipaddress.kubernetes.io/managed-by", "ipallocator.k8s.io");
        object.putObject("spec")
                .putObject("parentRef")
                .put("resource", "services")
                .put("namespace", service.namespace())
                .put("name", service.name());
        store.put(addressKey(address), object);
    }

    private void release(String address) {
        if (isTaken(address)) {
            store.delete(addressKey(address));
        }
    }

    private static Set<String> addresses(JsonNode spec) {
        Set<String> addresses = new LinkedHashSet<>();
        ArrayNode list = Json.array(spec, "clusterIPs");
        if (list != null) {
            list.forEach(each -> addresses.add(each.asString()));
        }
        addresses.remove("None");
        return addresses;
    }

    private void nodePorts(ObjectKey key, ObjectNode spec, @Nullable ObjectNode old) {
        String type = Json.text(spec, "type");
        boolean balanced = type.equals("LoadBalancer");
        if (!balanced && !type.equals("NodePort")) {
            return;
        }
        Json.putIfAbsent(spec, "externalTrafficPolicy", "Cluster");
        if (balanced && !spec.has("allocateLoadBalancerNodePorts")) {
            spec.put("allocateLoadBalancerNodePorts", true);
        }
        Set<Integer> taken = takenNodePorts(key);
        for (JsonNode each : spec.path("ports")) {
            ObjectNode port = (ObjectNode) each;
            int kept = old == null ? 0 : nodePortOf(old, port.path("port").asInt());
            int asked = port.path("nodePort").asInt(kept);
            if (taken.contains(asked)) {
                throw ApiFailure.invalid(
                        key,
                        "spec.ports[].nodePort",
                        "Invalid value: " + asked + ": provided port is already allocated");
            }
            int number = asked > 0 ? asked : freePort(key, taken);
            taken.add(number);
            port.put("nodePort", number);
        }
        if (balanced && Json.text(spec, "externalTrafficPolicy").equals("Local") && !spec.has("healthCheckNodePort")) {
            spec.put("healthCheckNodePort", freePort(key, taken));
        }
    }

    private Set<Integer> takenNodePorts(ObjectKey except) {
        Set<Integer> taken = new HashSet<>();
        for (StoredObject service : store.list(ResourceType.SERVICES, "")) {
            if (!Objects.key(ResourceType.SERVICES, service.tree()).equals(except)) {
                JsonNode spec = service.tree().path("spec");
                spec.path("ports")
                        .forEach(port -> taken.add(port.path("nodePort").asInt(-1)));
                taken.add(spec.path("healthCheckNodePort").asInt(-1));
            }
        }
        return taken;
    }

    private static int nodePortOf(ObjectNode service, int port) {
        for (JsonNode each : service.path("spec").path("ports")) {
            if (each.path("port").asInt() == port) {
                return each.path("nodePort").asInt(0);
            }
        }
        return 0;
    }

    private static int freePort(ObjectKey key, Set<Integer> taken) {
        for (int port = FIRST_NODE_PORT; port <= LAST_NODE_PORT; port++) {
            if (!taken.contains(port)) {
                return port;
            }
        }
        throw ApiFailure.invalid(key, "spec.ports[].nodePort", "failed to allocate a nodePort: range is full");
    }
}
