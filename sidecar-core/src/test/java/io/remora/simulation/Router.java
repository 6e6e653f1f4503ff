package io.remora.simulation;

import java.util.List;

/** Leads connections to endpoints. */
interface Router {

    /**
     * Connects; tells the link of the end later, or before it returns.
     *
     * @return gives up, if nothing was told yet
     */
    Runnable connect(Link link);

    /** The endpoints that discovery tells of are these from now on, in the order of their indexes. */
    void published(List<SimulatedEndpoint> endpoints);
}
