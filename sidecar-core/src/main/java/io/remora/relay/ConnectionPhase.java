package io.remora.relay;

/** How far a connection has come. */
public enum ConnectionPhase {
    /** Accepted; it is not known yet where it goes. */
    OPENING("opening"),
    /** Waits until the registry knows its address. */
    HELD("held"),
    /** Waits for an endpoint to take it. */
    CONNECTING("connecting"),
    /** Bytes go both ways. */
    RELAYING("relaying"),
    /** It is over. */
    CLOSED("closed");

    private final String label;

    ConnectionPhase(String label) {
        this.label = label;
    }

    /** In lower case. */
    public String label() {
        return label;
    }
}
