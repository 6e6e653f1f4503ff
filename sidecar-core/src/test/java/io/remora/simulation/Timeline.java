package io.remora.simulation;

/** Requests and successes by the second in which the request began. */
final class Timeline {

    private final int[] good = new int[Scenario.LENGTH];
    private final int[] all = new int[Scenario.LENGTH];

    void add(int second, boolean success) {
        all[second]++;
        if (success) {
            good[second]++;
        }
    }

    int good(int second) {
        return good[second];
    }

    int all(int second) {
        return all[second];
    }
}
