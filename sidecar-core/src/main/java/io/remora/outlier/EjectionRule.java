package io.remora.outlier;

import java.util.Comparator;
import java.util.List;

/** Judges endpoints by what came of their picks in an interval. Stateless. */
interface EjectionRule {

    /** Those with the lowest success rate come first: there may not be room for all. */
    Comparator<Tally> WORST_FIRST = Comparator.comparingDouble(Tally::successRate);

    /** What it is called. */
    HealthListener.Rule name();

    /**
     * Returns those to eject, the worst first.
     *
     * @param tallies of the endpoints that are eligible and healthy
     */
    List<Verdict> judge(List<Tally> tallies, OutlierConfig config);

    /**
     * An endpoint to eject.
     *
     * @param cause in words and with its numbers
     */
    record Verdict(EndpointRecord endpoint, String cause) {}
}
