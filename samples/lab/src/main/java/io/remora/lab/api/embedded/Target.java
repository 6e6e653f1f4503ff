package io.remora.lab.api.embedded;

import java.util.Arrays;
import java.util.List;

/**
 * What a path names: a collection, an object, or a subresource of one.
 *
 * @param namespace empty for the cluster, or for all namespaces
 * @param name empty for a collection
 * @param subresource empty for the object itself
 */
record Target(ResourceType type, String namespace, String name, String subresource) {

    /** Parses {@code /api/v1/...} and {@code /apis/GROUP/VERSION/...}. */
    static Target parse(String path) {
        List<String> parts = Arrays.asList(path.substring(1).split("/", -1));
        boolean core = parts.get(0).equals("api");
        int prefix = core ? 2 : 3;
        if (parts.size() <= prefix || (!core && !parts.get(0).equals("apis"))) {
            throw ApiFailure.noSuchPath();
        }
        String group = core ? "" : parts.get(1);
        String version = parts.get(prefix - 1);
        List<String> rest = parts.subList(prefix, parts.size());
        String namespace = "";
        if (rest.size() > 2 && rest.get(0).equals("namespaces") && !isSubresourceOfNamespace(rest)) {
            namespace = rest.get(1);
            rest = rest.subList(2, rest.size());
        }
        ResourceType type = ResourceType.find(group, version, rest.get(0)).orElseThrow(ApiFailure::noSuchPath);
        String name = rest.size() > 1 ? rest.get(1) : "";
        String subresource = rest.size() > 2 ? rest.get(2) : "";
        boolean misplaced = type.namespaced() ? namespace.isEmpty() && !name.isEmpty() : !namespace.isEmpty();
        if (rest.size() > 3 || misplaced) {
            throw ApiFailure.noSuchPath();
        }
        return new Target(type, namespace, name, subresource);
    }

    private static boolean isSubresourceOfNamespace(List<String> rest) {
        return rest.get(2).equals("status") || rest.get(2).equals("finalize");
    }

    boolean isCollection() {
        return name.isEmpty();
    }

    ObjectKey key() {
        return new ObjectKey(type, namespace, name);
    }

    /** {@code cluster}, {@code namespace} or {@code resource}, as the metrics of kube-apiserver have it. */
    String scope() {
        if (!name.isEmpty()) {
            return "resource";
        }
        return namespace.isEmpty() ? "cluster" : "namespace";
    }
}
