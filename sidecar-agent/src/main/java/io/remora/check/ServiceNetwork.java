package io.remora.check;

import io.remora.discovery.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.JsonNode;

/**
 * The Service CIDRs of a cluster.
 *
 * @param cidrs empty if they are not known
 * @param source where they were read; or why they are not known
 */
record ServiceNetwork(List<Cidr> cidrs, String source) {

    private static final String OBJECTS = "/apis/networking.k8s.io/v1/servicecidrs";
    private static final String KUBEADM = "/api/v1/namespaces/kube-system/configmaps/kubeadm-config";
    private static final String API_SERVICE = "/api/v1/namespaces/default/services/kubernetes";

    ServiceNetwork {
        cidrs = List.copyOf(cidrs);
    }

    /** Reads them: of the ServiceCIDR objects, else of what kubeadm wrote down. */
    static ServiceNetwork of(Cluster cluster) {
        List<Cidr> cidrs = new ArrayList<>();
        Reply objects = cluster.get(OBJECTS);
        for (JsonNode object : objects.body().path("items")) {
            for (JsonNode cidr : object.path("spec").path("cidrs")) {
                Cidr.tryParse(cidr.asString("")).ifPresent(cidrs::add);
            }
        }
        if (!cidrs.isEmpty()) {
            return new ServiceNetwork(cidrs, "ServiceCIDR objects");
        }
        String kubeadm = cluster.get(KUBEADM)
                .body()
                .path("data")
                .path("ClusterConfiguration")
                .asString("");
        for (String text : serviceSubnet(kubeadm).split(",", -1)) {
            Cidr.tryParse(text.strip()).ifPresent(cidrs::add);
        }
        if (!cidrs.isEmpty()) {
            return new ServiceNetwork(cidrs, "the ConfigMap kube-system/kubeadm-config");
        }
        String why = objects.isForbidden()
                ? "ServiceCIDR objects may not be read"
                : objects.isMissing()
                        ? "the API server has no ServiceCIDR objects (1.33 and newer)"
                        : "the API server tells of none";
        String ip =
                cluster.get(API_SERVICE).body().path("spec").path("clusterIP").asString("");
        return new ServiceNetwork(List.of(), why + (ip.isEmpty() ? "" : "; its own Service has " + ip));
    }

    private static String serviceSubnet(String clusterConfiguration) {
        try {
            Object loaded = new Load(LoadSettings.builder().build()).loadFromString(clusterConfiguration);
            return loaded instanceof Map<?, ?> map
                            && map.get("networking") instanceof Map<?, ?> networking
                            && networking.get("serviceSubnet") instanceof String subnet
                    ? subnet
                    : "";
        } catch (YamlEngineException e) {
            return "";
        }
    }
}
