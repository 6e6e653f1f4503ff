package io.remora.agent;

import io.remora.discovery.IpAddress;
import io.remora.discovery.Protocol;
import io.remora.discovery.ServicePort;
import io.remora.registry.ServiceEntry;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A ClusterIP by which somebody asks for a Service.
 *
 * @param port 1 to 65535, of TCP; null for any
 */
record AskedAddress(IpAddress ip, @Nullable Integer port) {

    private static final int MAX_PORT = 65535;
    private static final Pattern FORM = Pattern.compile("(?:([^:\\[\\]]+)|\\[([^\\[\\]]+)])(?::(\\d{1,5}))?");

    /** Reads {@code 10.96.0.20}, {@code 10.96.0.20:80}, {@code fd00::20} or {@code [fd00::20]:80}; null if it is none. */
    static @Nullable AskedAddress parse(String text) {
        IpAddress bare = IpAddress.tryParse(text).orElse(null);
        if (bare != null) {
            return new AskedAddress(bare, null);
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return null;
        }
        String host = form.group(1) != null ? form.group(1) : form.group(2);
        Integer port = form.group(3) == null ? null : Integer.valueOf(form.group(3));
        if (port != null && (port == 0 || port > MAX_PORT)) {
            return null;
        }
        return IpAddress.tryParse(host).map(ip -> new AskedAddress(ip, port)).orElse(null);
    }

    /** Returns the Service that has it. */
    List<ServiceEntry> matching(List<ServiceEntry> all) {
        return withIp(all).stream()
                .filter(entry -> port == null || tcpPorts(entry).contains(port))
                .toList();
    }

    /** Says why no Service has it. */
    String noMatch(List<ServiceEntry> all) {
        List<ServiceEntry> others = withIp(all);
        if (others.isEmpty()) {
            return "no Service has the ClusterIP " + ip;
        }
        ServiceEntry entry = others.get(0);
        List<String> ports = tcpPorts(entry).stream().map(String::valueOf).toList();
        return "Service " + entry.service().id() + " has the ClusterIP " + ip + ", but no TCP port " + port
                + (ports.isEmpty() ? "" : ", only " + String.join(", ", ports));
    }

    private List<ServiceEntry> withIp(List<ServiceEntry> all) {
        return all.stream()
                .filter(entry -> entry.service().spec().clusterIps().contains(ip))
                .toList();
    }

    private static List<Integer> tcpPorts(ServiceEntry entry) {
        return entry.service().spec().ports().stream()
                .filter(port -> port.protocol() == Protocol.TCP)
                .map(ServicePort::port)
                .toList();
    }
}
