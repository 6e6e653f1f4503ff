package io.remora.lab.api.embedded;

import java.net.InetSocketAddress;
import tools.jackson.databind.node.ObjectNode;

/** What every cluster has from its first second: four namespaces, the ServiceCIDR and the Service of the API itself. */
final class Bootstrap {
    private Bootstrap() {}

    static void run(ObjectApi api, InetSocketAddress address) {
        for (String namespace : new String[] {"default", "kube-node-lease", "kube-public", "kube-system"}) {
            createNamed(api, new ObjectKey(ResourceType.NAMESPACES, "", namespace), Json.object());
        }
        ObjectNode range = Json.object();
        range.putObject("spec").putArray("cidrs").add(ServiceCidr.IPV4.cidr()).add(ServiceCidr.IPV6.cidr());
        createNamed(api, new ObjectKey(ResourceType.SERVICE_CIDRS, "", "kubernetes"), range);
        createNamed(api, new ObjectKey(ResourceType.SERVICES, "default", "kubernetes"), service(address.getPort()));
        createNamed(api, new ObjectKey(ResourceType.ENDPOINT_SLICES, "default", "kubernetes"), slice(address));
    }

    private static void createNamed(ObjectApi api, ObjectKey key, ObjectNode object) {
        Json.metadata(object).put("name", key.name());
        api.create(new Target(key.type(), key.namespace(), "", ""), object);
    }

    private static ObjectNode service(int port) {
        ObjectNode service = Json.object();
        ObjectNode labels = Json.metadata(service).putObject("labels");
        labels.put("component", "apiserver").put("provider", "kubernetes");
        ObjectNode spec = service.putObject("spec");
        spec.put("clusterIP", ServiceCidr.IPV4.address(1));
        spec.putArray("ports").addObject().put("name", "https").put("port", 443).put("targetPort", port);
        return service;
    }

    private static ObjectNode slice(InetSocketAddress address) {
        ObjectNode slice = Json.object();
        Json.metadata(slice).putObject("labels").put("kubernetes.io/service-name", "kubernetes");
        slice.put("addressType", ServiceCidr.family(address.getAddress()));
        ObjectNode endpoint = slice.putArray("endpoints").addObject();
        endpoint.putArray("addresses").add(address.getAddress().getHostAddress());
        endpoint.putObject("conditions").put("ready", true);
        slice.putArray("ports").addObject().put("name", "https").put("port", address.getPort());
        return slice;
    }
}
