package io.remora.benchmark.clients;

import java.util.List;

/**
 * When something happened to the pods, and how long it was looked at.
 *
 * @param event what happened
 * @param begin when, in milliseconds since the epoch
 * @param end what begins from then on belongs to the next
 * @param fresh pods that are new with it
 */
record Mark(Event event, long begin, long end, List<String> fresh) {
    Mark {
        fresh = List.copyOf(fresh);
    }

    /** The columns of the table, in the order of the script. */
    enum Event {
        CALM,
        KILLED,
        SCALED,
        SICK,
        HANGING,
        ROLLED
    }
}
