package io.remora.outlier;

/** What the picks of one endpoint came to in an interval. */
record Tally(EndpointRecord endpoint, long successes, long failures) {

    long volume() {
        return successes + failures;
    }

    /** In percent. */
    double successRate() {
        return 100.0 * successes / volume();
    }

    /** In percent. */
    double failureRate() {
        return 100.0 * failures / volume();
    }
}
