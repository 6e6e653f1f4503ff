package io.remora.simulation;

import io.remora.internal.VirtualClock;

/** What one run of a scenario consists of. Not thread-safe. */
final class World {

    private final VirtualClock clock;
    private final Recorder recorder;
    private final Deadlines deadlines;
    private final Router router;

    World(VirtualClock clock, Recorder recorder, Router router) {
        this.clock = clock;
        this.recorder = recorder;
        this.router = router;
        this.deadlines = new Deadlines(clock, Run.DEADLINE_NANOS);
    }

    VirtualClock clock() {
        return clock;
    }

    Recorder recorder() {
        return recorder;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    Router router() {
        return router;
    }
}
