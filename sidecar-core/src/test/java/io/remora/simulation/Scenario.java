package io.remora.simulation;

import java.util.Collections;
import java.util.List;

/**
 * What happens, whoever balances.
 *
 * @param name in results
 * @param about in one sentence
 * @param pods at the beginning
 * @param clients the zones of the pods that connect, each of which sees its own connections only
 * @param load what they ask for
 * @param troubleFrom when the trouble begins, in seconds
 * @param troubleTo when it is over: healed, or settled
 * @param script what happens when
 */
record Scenario(
        String name,
        String about,
        List<PodSpec> pods,
        List<String> clients,
        Load load,
        double troubleFrom,
        double troubleTo,
        Script script) {

    /** How long every scenario takes, in seconds, until the last request begins. */
    static final int LENGTH = 120;

    /** Tells a run what will happen. */
    interface Script {
        void play(Cluster cluster);
    }

    /**
     * What the clients ask for.
     *
     * @param ratePerSecond of requests; of long connections: of each one while it does not wait for an answer
     * @param connections kept open all the time; 0: each request has a connection of its own
     * @param lifeSeconds of a long connection, on average
     * @param meanSeconds the time of service on a good pod, on average
     */
    record Load(double ratePerSecond, int connections, double lifeSeconds, double meanSeconds) {

        static Load requests(double perSecond) {
            return new Load(perSecond, 0, 0, 0.08);
        }

        static Load longConnections(int connections, double ratePerSecond, double lifeSeconds) {
            return new Load(ratePerSecond, connections, lifeSeconds, 0.08);
        }
    }

    boolean longLived() {
        return load.connections() > 0;
    }

    double meanSeconds() {
        return load.meanSeconds();
    }

    static List<PodSpec> pods(int count) {
        return Collections.nCopies(count, PodSpec.GOOD);
    }
}
