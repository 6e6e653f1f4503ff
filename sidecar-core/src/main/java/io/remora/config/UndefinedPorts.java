package io.remora.config;

/** What becomes of a connection to a port that a known ClusterIP does not have. */
enum UndefinedPorts {
    /** It fails at once. */
    REJECT("reject"),
    /** It goes on to where it was dialled. */
    PASS_THROUGH("pass-through");

    private final String text;

    UndefinedPorts(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
