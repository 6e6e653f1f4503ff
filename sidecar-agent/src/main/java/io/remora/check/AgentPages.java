package io.remora.check;

import java.io.IOException;

/** The admin server of an agent. */
interface AgentPages {

    /** Where it is. */
    String address();

    /**
     * Returns the body of a page.
     *
     * @throws IOException if there is no such answer; the message says why, for people
     */
    String get(String path) throws IOException;
}
