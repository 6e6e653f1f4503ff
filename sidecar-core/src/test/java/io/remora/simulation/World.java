package io.remora.simulation;

import io.remora.internal.VirtualClock;

/** What one run of a scenario consists of. Not thread-safe. */
final class World {

    private final VirtualClock clock;
    private final RequestListener requests;
    private final Deadlines deadlines;
    private final Router router;

    World(VirtualClock clock, RequestListener requests, Router router) {
        this.clock = clock;
        this.requests = requests;
        this.router = router;
        this.deadlines = new Deadlines(clock, Run.DEADLINE_NANOS);
    }

    VirtualClock clock() {
        return clock;
    }

    RequestListener requests() {
        return requests;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    Router router() {
        return router;
    }
}
