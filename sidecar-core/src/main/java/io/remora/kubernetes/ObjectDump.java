package io.remora.kubernetes;

import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What saved API objects say, without a cluster: what {@code kubectl get services,endpointslices,nodes -A -o yaml} writes,
 * for one. Immutable.
 *
 * @param services by namespace and name, with their endpoints
 * @param slices how many EndpointSlices were read: without any, no Service has endpoints
 * @param nodes in the order of the documents
 */
public record ObjectDump(List<ServiceSnapshot> services, int slices, List<Node> nodes) {

    public ObjectDump {
        services = List.copyOf(services);
        nodes = List.copyOf(nodes);
    }

    /**
     * Text to read.
     *
     * @param name of the file, for messages
     * @param content YAML or JSON: any number of documents, each an object or a list of objects
     */
    public record Document(String name, String content) {}

    /**
     * A {@code v1 Node}.
     *
     * @param zone its label {@code topology.kubernetes.io/zone}
     * @param addresses one a family, on which kube-proxy serves node ports
     */
    public record Node(String name, @Nullable String zone, List<IpAddress> addresses) {

        public Node {
            addresses = List.copyOf(addresses);
        }
    }

    /** Thrown for input that cannot be used; every problem at once, each with file, document and field. */
    public static final class UnusableException extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient List<String> problems;

        UnusableException(List<String> problems) {
            super(String.join("\n", problems));
            this.problems = List.copyOf(problems);
        }

        /** One line each. */
        public List<String> problems() {
            return problems;
        }
    }

    /**
     * Reads Services, EndpointSlices and Nodes. Of an object that appears twice the last counts.
     *
     * @throws UnusableException if a document is neither YAML nor JSON, or an object is malformed
     */
    public static ObjectDump read(List<Document> documents) throws UnusableException {
        return new ObjectDumpReader().read(documents);
    }
}
