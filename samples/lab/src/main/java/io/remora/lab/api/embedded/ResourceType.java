package io.remora.lab.api.embedded;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A kind of object that the server keeps.
 *
 * @param group API group; empty is the core group
 * @param version API version
 * @param plural its name in paths
 * @param kind its name in objects
 * @param namespaced whether its objects live in namespaces
 * @param hasStatus whether {@code status} is a subresource, so that a write of the object leaves it alone
 */
record ResourceType(String group, String version, String plural, String kind, boolean namespaced, boolean hasStatus) {

    static final ResourceType NAMESPACES = core("namespaces", "Namespace", false, true);
    static final ResourceType NODES = core("nodes", "Node", false, true);
    static final ResourceType PODS = core("pods", "Pod", true, true);
    static final ResourceType SERVICES = core("services", "Service", true, true);
    static final ResourceType SERVICE_ACCOUNTS = core("serviceaccounts", "ServiceAccount", true, false);
    static final ResourceType ENDPOINT_SLICES =
            new ResourceType("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true, false);
    static final ResourceType IP_ADDRESSES = networking("ipaddresses", "IPAddress", false, false);
    static final ResourceType SERVICE_CIDRS = networking("servicecidrs", "ServiceCIDR", false, true);

    /** Every type that the server knows. */
    static final List<ResourceType> ALL = List.of(
            NAMESPACES,
            NODES,
            PODS,
            SERVICES,
            SERVICE_ACCOUNTS,
            core("endpoints", "Endpoints", true, false),
            core("configmaps", "ConfigMap", true, false),
            core("secrets", "Secret", true, false),
            core("events", "Event", true, false),
            ENDPOINT_SLICES,
            IP_ADDRESSES,
            SERVICE_CIDRS,
            networking("ingresses", "Ingress", true, true),
            networking("networkpolicies", "NetworkPolicy", true, false),
            apps("deployments", "Deployment"),
            apps("replicasets", "ReplicaSet"),
            apps("statefulsets", "StatefulSet"),
            apps("daemonsets", "DaemonSet"),
            new ResourceType("coordination.k8s.io", "v1", "leases", "Lease", true, false),
            rbac("roles", "Role", true),
            rbac("rolebindings", "RoleBinding", true),
            rbac("clusterroles", "ClusterRole", false),
            rbac("clusterrolebindings", "ClusterRoleBinding", false));

    private static ResourceType core(String plural, String kind, boolean namespaced, boolean hasStatus) {
        return new ResourceType("", "v1", plural, kind, namespaced, hasStatus);
    }

    private static ResourceType networking(String plural, String kind, boolean namespaced, boolean hasStatus) {
        return new ResourceType("networking.k8s.io", "v1", plural, kind, namespaced, hasStatus);
    }

    private static ResourceType apps(String plural, String kind) {
        return new ResourceType("apps", "v1", plural, kind, true, true);
    }

    private static ResourceType rbac(String plural, String kind, boolean namespaced) {
        return new ResourceType("rbac.authorization.k8s.io", "v1", plural, kind, namespaced, false);
    }

    static Optional<ResourceType> find(String group, String version, String plural) {
        return ALL.stream()
                .filter(type -> type.group.equals(group) && type.version.equals(version) && type.plural.equals(plural))
                .findFirst();
    }

    String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The name with its group, as it stands in keys: {@code services}, {@code endpointslices.discovery.k8s.io}. */
    String qualified() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    String singular() {
        return kind.toLowerCase(Locale.ROOT);
    }
}
