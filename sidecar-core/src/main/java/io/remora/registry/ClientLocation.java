package io.remora.registry;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the clients run: what topology hints and the policy {@code Local} are judged by. Immutable.
 *
 * @param node name of the node; null if it is not known
 * @param zone its label {@code topology.kubernetes.io/zone}; null if it has none or that is not known
 * @param zoneSource how the zone was found out, or that there is none
 */
public record ClientLocation(
        @Nullable String node, @Nullable String zone, ZoneSource zoneSource) {

    /** Neither node nor zone is known. */
    public static final ClientLocation UNKNOWN = new ClientLocation(null, null, ZoneSource.UNKNOWN);

    public ClientLocation {
        Objects.requireNonNull(zoneSource);
    }

    /** Where the clients run, as the operator, the downward API or a Node object says. */
    public static ClientLocation of(@Nullable String node, @Nullable String zone) {
        return new ClientLocation(node, zone, zone == null ? ZoneSource.UNKNOWN : ZoneSource.GIVEN);
    }

    /** A node that is known, and with it that its zone is this, or that it has none. */
    public static ClientLocation onNode(String node, @Nullable String zone) {
        return new ClientLocation(node, zone, ZoneSource.GIVEN);
    }

    /** The same node, in a zone that an endpoint of this node carries. */
    ClientLocation withLearnedZone(String learned) {
        return new ClientLocation(node, learned, ZoneSource.ENDPOINT);
    }

    /** Returns {@code node NODE, zone ZONE}, with what is not known left out. */
    @Override
    public String toString() {
        String nodeText = node == null ? "an unknown node" : "node " + node;
        return zone == null ? nodeText : nodeText + ", zone " + zone;
    }

    /** How a zone was found out. */
    public enum ZoneSource {
        /** By a setting, which the downward API may fill. */
        GIVEN("given"),
        /** An endpoint on the same node carries it in its EndpointSlice. */
        ENDPOINT("learned from an endpoint on the same node"),
        UNKNOWN("not known");

        private final String text;

        ZoneSource(String text) {
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }
    }
}
