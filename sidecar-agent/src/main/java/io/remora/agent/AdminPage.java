package io.remora.agent;

/** One path of the admin server. Called by the server's only thread, so it returns quickly. */
@FunctionalInterface
interface AdminPage {

    /** Answers a request whose method the page was registered for. */
    AdminResponse respond(AdminRequest request);
}
