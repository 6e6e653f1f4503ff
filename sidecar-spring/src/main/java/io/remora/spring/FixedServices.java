package io.remora.spring;

import io.remora.config.NearNames;
import io.remora.discovery.DnsLabel;
import io.remora.discovery.Endpoint;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * Reads the Services of {@code remora.services}, which are there instead of a cluster's: for a laptop. A key is the name of
 * a Service of the application's own namespace, or {@code NAME.NAMESPACE}. Used once.
 */
final class FixedServices {

    static final String PREFIX = "remora.services";

    private static final int DEPTH = 2; // of the prefix
    private static final String ENDPOINTS = "endpoints";
    private static final String PORT = "port";
    private static final String PORT_NAME = "port-name";
    private static final String PORTS = "ports";
    private static final int DEFAULT_PORT = 80;
    private static final List<String> OF_A_SERVICE = List.of(ENDPOINTS, PORT, PORT_NAME, PORTS);
    private static final List<String> OF_A_PORT = List.of(ENDPOINTS, PORT);

    private final EnvironmentValues values;
    private final FixedEndpoints endpoints;
    private final List<String> problems;

    /**
     * @param problems takes what is wrong, each with the property's name and the fix
     */
    FixedServices(EnvironmentValues values, HostResolver resolver, List<String> problems) {
        this.values = values;
        this.endpoints = new FixedEndpoints(resolver);
        this.problems = problems;
    }

    /**
     * Reads them, and finds the addresses of their endpoints.
     *
     * @param namespace of Services whose key names none
     */
    List<ServiceSnapshot> read(String namespace) {
        Map<ServiceId, Map<ServicePort, List<Endpoint>>> services = new TreeMap<>();
        for (ConfigurationPropertyName service : names()) {
            ServiceId id = id(service, namespace);
            if (id != null && services.put(id, ports(service)) != null) {
                problems.add(service + ": Service " + id + " is given twice; give it once");
            }
        }
        List<ServiceSnapshot> made = new ArrayList<>();
        services.forEach((id, ports) -> made.add(FixedService.of(id, ports, made.size() + 1)));
        return made;
    }

    /** The names down to the key of each Service. */
    private Set<ConfigurationPropertyName> names() {
        Set<ConfigurationPropertyName> names = new TreeSet<>();
        for (ConfigurationPropertyName name : values.namesBelow(PREFIX)) {
            int last = DEPTH + 1;
            while (last < name.getNumberOfElements() && !is(name, last, OF_A_SERVICE)) {
                last++;
            }
            if (last < name.getNumberOfElements() && last <= DEPTH + 2 && isComplete(name, last)) {
                names.add(name.chop(last));
            } else {
                problems.add(name + " is no setting of a Service" + hint(name));
            }
        }
        return names;
    }

    private static boolean isComplete(ConfigurationPropertyName name, int last) {
        int after = last + (is(name, last, List.of(PORTS)) ? 2 : 0);
        boolean known = after == last || after < name.getNumberOfElements() && is(name, after, OF_A_PORT);
        boolean list = after + 2 == name.getNumberOfElements() && name.isNumericIndex(after + 1);
        return known && (after + 1 == name.getNumberOfElements() || list);
    }

    private static boolean is(ConfigurationPropertyName name, int element, List<String> known) {
        String text = name.getElement(element, Form.UNIFORM);
        return known.stream().anyMatch(each -> each.replace("-", "").equals(text));
    }

    private static String hint(ConfigurationPropertyName name) {
        ConfigurationPropertyName parent = name.getParent();
        List<String> near = NearNames.find(name.getLastElement(Form.DASHED), OF_A_SERVICE, 1);
        return near.isEmpty()
                ? "; give " + PREFIX + ".NAME." + ENDPOINTS + ", ." + PORT + " or ." + PORT_NAME + ", or " + PREFIX
                        + ".NAME." + PORTS + ".PORTNAME." + ENDPOINTS + " and ." + PORT
                : "; did you mean " + parent.append(near.get(0)) + "?";
    }

    private @Nullable ServiceId id(ConfigurationPropertyName service, String namespace) {
        List<String> parts = new ArrayList<>();
        for (int i = DEPTH; i < service.getNumberOfElements(); i++) {
            parts.addAll(List.of(service.getElement(i, Form.ORIGINAL).split("\\.", -1)));
        }
        if (parts.size() > 2 || !parts.stream().allMatch(DnsLabel::matches)) {
            problems.add(
                    service + ": '" + String.join(".", parts)
                            + "' is not the name of a Service; give NAME, or NAME.NAMESPACE, in lower-case letters, digits and -");
            return null;
        }
        return new ServiceId(parts.size() == 2 ? parts.get(1) : namespace, parts.get(0));
    }

    private Map<ServicePort, List<Endpoint>> ports(ConfigurationPropertyName service) {
        Map<ServicePort, List<Endpoint>> ports = new LinkedHashMap<>();
        ConfigurationPropertyName several = service.append(PORTS);
        Set<String> names = new TreeSet<>();
        for (ConfigurationPropertyName name : values.namesBelow(several.toString())) {
            names.add(name.getElement(several.getNumberOfElements(), Form.ORIGINAL));
        }
        boolean single = values.has(service.append(ENDPOINTS).toString())
                || values.text(service.append(PORT)) != null
                || values.text(service.append(PORT_NAME)) != null;
        if (single && !names.isEmpty()) {
            problems.add(service + " has a port of its own and " + several + "; leave one of them out");
        } else if (single) {
            String name = values.text(service.append(PORT_NAME));
            add(ports, service, name == null ? "" : name, DEFAULT_PORT);
        }
        names.forEach(name -> add(ports, several.append(name), name, 0));
        Set<Integer> numbers = new HashSet<>();
        for (ServicePort port : ports.keySet()) {
            if (!numbers.add(port.port())) {
                problems.add(service + " has port " + port.port() + " twice; give each port a number of its own");
            }
        }
        return ports;
    }

    /** @param otherwise its number if none is given; 0 if one must be */
    private void add(
            Map<ServicePort, List<Endpoint>> ports, ConfigurationPropertyName parent, String name, int otherwise) {
        if (!name.isEmpty() && !DnsLabel.matches(name)) {
            problems.add(
                    parent + ": '" + name + "' is not the name of a port; give lower-case letters, digits and - alone");
            return;
        }
        int number = number(parent.append(PORT), otherwise);
        ConfigurationPropertyName where = parent.append(ENDPOINTS);
        if (!values.has(where.toString())) {
            problems.add(where + " is not given; give HOST:PORT of each endpoint, with commas between them");
            return;
        }
        List<Endpoint> found = endpoints(where);
        if (number > 0) {
            ports.put(ServicePort.tcp(name, number), found);
        }
    }

    private int number(ConfigurationPropertyName name, int otherwise) {
        String text = values.text(name);
        if (text == null) {
            if (otherwise == 0) {
                problems.add(name + " is not given; give the number of the port that clients of the Service dial");
            }
            return otherwise;
        }
        int number = FixedEndpoints.port(text);
        if (number == 0) {
            problems.add(name + "=" + text + ": not valid; give a number from 1 to 65535");
        }
        return number;
    }

    private List<Endpoint> endpoints(ConfigurationPropertyName name) {
        Set<Endpoint> found = new HashSet<>();
        for (String text : values.bind(name.toString(), Bindable.listOf(String.class), List.of())) {
            try {
                found.addAll(endpoints.parse(text.strip()));
            } catch (IllegalArgumentException e) {
                problems.add(name + "=" + text + ": " + e.getMessage());
            }
        }
        return found.stream()
                .sorted(Comparator.comparing(Endpoint::ip).thenComparingInt(Endpoint::port))
                .toList();
    }
}
