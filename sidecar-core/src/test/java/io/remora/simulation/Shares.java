package io.remora.simulation;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which part of the requests that reached a pod one pod got.
 *
 * @param byGroup of a pod of that group, on average, from 0 to 1
 * @param least of the pod with the fewest
 * @param most of the pod with the most
 */
record Shares(TreeMap<String, Double> byGroup, double least, double most) {

    static Shares of(Cluster cluster, int[] counts) {
        double sum = 0;
        for (int count : counts) {
            sum += count;
        }
        TreeMap<String, Double> parts = new TreeMap<>();
        TreeMap<String, Integer> sizes = new TreeMap<>();
        double least = 1;
        double most = 0;
        for (SimulatedEndpoint pod : cluster.pods()) {
            double share = sum == 0 ? 0 : counts[pod.index()] / sum;
            parts.merge(pod.spec().group(), share, Double::sum);
            sizes.merge(pod.spec().group(), 1, Integer::sum);
            least = Math.min(least, share);
            most = Math.max(most, share);
        }
        for (Map.Entry<String, Integer> size : sizes.entrySet()) {
            parts.computeIfPresent(size.getKey(), (group, part) -> part / size.getValue());
        }
        return new Shares(parts, least, most);
    }
}
