package io.remora.check;

/** How bad a finding is. In order: the later, the worse. */
enum Level {
    OK("ok"),
    /** Works, or cannot be told; somebody should look. */
    WARNING("warning"),
    /** Does not work. */
    FAIL("FAIL");

    private final String label;

    Level(String label) {
        this.label = label;
    }

    /** For people, and in JSON. */
    String label() {
        return label;
    }
}
