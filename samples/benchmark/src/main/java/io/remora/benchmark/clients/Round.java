package io.remora.benchmark.clients;

import java.util.List;

/**
 * One client through the script once.
 *
 * @param marks what happened
 * @param findings what it did, in that order
 * @param bytesPerCall what the whole process allocated while nothing happened, by the calls of that time
 */
record Round(List<Mark> marks, List<Finding> findings, double bytesPerCall) {
    Round {
        marks = List.copyOf(marks);
        findings = List.copyOf(findings);
    }

    /** What an event did, and how long it was looked at, in milliseconds. */
    record Part(Finding finding, long watched) {
        /** Whether it failed to the end. */
        boolean neverNoticed() {
            return finding.noticed() > watched - Finding.PAUSE_MILLIS;
        }
    }

    Part part(Mark.Event event) {
        for (int i = 0; i < marks.size(); i++) {
            if (marks.get(i).event() == event) {
                return new Part(
                        findings.get(i), marks.get(i).end() - marks.get(i).begin());
            }
        }
        throw new IllegalArgumentException("no " + event);
    }
}
