package io.remora.lab.api.embedded;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The documents by which kubectl and clients learn what the server has. */
final class Discovery {
    /** The Kubernetes version that the embedded server speaks. */
    private static final String VERSION = "v1.36.3";

    private Discovery() {}

    /** The document at a path; empty when there is none. */
    static Optional<ObjectNode> document(String path) {
        return switch (path) {
            case "/version" -> Optional.of(version());
            case "/api" -> Optional.of(coreVersions());
            case "/apis" -> Optional.of(groups());
            case "/api/v1" -> Optional.of(resources("", "v1"));
            default -> groupDocument(path);
        };
    }

    private static Optional<ObjectNode> groupDocument(String path) {
        for (String group : groupNames()) {
            if (path.equals("/apis/" + group + "/v1")) {
                return Optional.of(resources(group, "v1"));
            }
            if (path.equals("/apis/" + group)) {
                return Optional.of(group(group).put("kind", "APIGroup").put("apiVersion", "v1"));
            }
        }
        return Optional.empty();
    }

    private static Set<String> groupNames() {
        Set<String> names = new TreeSet<>();
        ResourceType.ALL.forEach(type -> names.add(type.group()));
        names.remove("");
        return names;
    }

    private static ObjectNode version() {
        return Json.object()
                .put("major", "1")
                .put("minor", "36")
                .put("gitVersion", VERSION + "+remora-lab")
                .put("platform", "embedded");
    }

    private static ObjectNode coreVersions() {
        ObjectNode versions = Json.object().put("kind", "APIVersions").put("apiVersion", "v1");
        versions.putArray("versions").add("v1");
        return versions;
    }

    private static ObjectNode groups() {
        ObjectNode list = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        groupNames().forEach(name -> groups.add(group(name)));
        return list;
    }

    private static ObjectNode group(String name) {
        ObjectNode group = Json.object().put("name", name);
        ObjectNode version = Json.object().put("groupVersion", name + "/v1").put("version", "v1");
        group.putArray("versions").add(version);
        group.set("preferredVersion", version.deepCopy());
        return group;
    }

    private static ObjectNode resources(String group, String version) {
        ObjectNode list = Json.object().put("kind", "APIResourceList").put("apiVersion", "v1");
        list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
        ArrayNode resources = list.putArray("resources");
        for (ResourceType type : ResourceType.ALL) {
            if (type.group().equals(group)) {
                ObjectNode resource = resources.addObject();
                resource.put("name", type.plural())
                        .put("singularName", type.singular())
                        .put("namespaced", type.namespaced())
                        .put("kind", type.kind());
                ArrayNode verbs = resource.putArray("verbs");
                for (String verb :
                        new String[] {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"
                        }) {
                    verbs.add(verb);
                }
            }
        }
        return list;
    }
}
