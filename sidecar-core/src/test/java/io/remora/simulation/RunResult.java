package io.remora.simulation;

/**
 * What one run of one strategy shows.
 *
 * @param requests that began
 * @param successRate of them
 * @param p50Ms of all of them, where one that failed counts as long as the client would have waited
 * @param p99Ms of all of them, likewise
 * @param answeredP99Ms of those that succeeded alone
 * @param meanMs of all of them
 * @param recoverySeconds from the last healing to the first success of the endpoint that was last to have one; NaN if none heals
 * @param ejections of endpoints
 * @param failedAfterDetection part of the requests that failed, of those that began after the first ejection and before the
 *     trouble was over; without ejection, from its beginning
 * @param detectionSeconds from the trouble to the first ejection; NaN if there was none
 * @param longestEjectionSeconds of all ejections
 * @param inTrouble who got the requests that began in the trouble
 * @param afterwards who got those that began after it
 * @param timeline of all requests
 */
record RunResult(
        int requests,
        double successRate,
        double p50Ms,
        double p99Ms,
        double answeredP99Ms,
        double meanMs,
        double recoverySeconds,
        int ejections,
        double failedAfterDetection,
        double detectionSeconds,
        double longestEjectionSeconds,
        Shares inTrouble,
        Shares afterwards,
        Timeline timeline) {}
