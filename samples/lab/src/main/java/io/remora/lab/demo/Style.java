package io.remora.lab.demo;

/**
 * How the terminal can be written to.
 *
 * @param colour whether it shows colours
 * @param unicode whether it shows more than ASCII
 * @param columns its width
 * @param rows its height
 */
record Style(boolean colour, boolean unicode, int columns, int rows) {
    /** What the frame needs. */
    static final int LEAST_COLUMNS = 76;

    Style {
        if (columns < LEAST_COLUMNS || rows < 1) {
            throw new IllegalArgumentException(
                    "the terminal must have " + LEAST_COLUMNS + " columns: " + columns + " x " + rows);
        }
    }

    /** The colours of the frame. */
    enum Ink {
        BOLD("1"),
        DIM("2"),
        RED("31"),
        GREEN("32"),
        YELLOW("33"),
        CYAN("36");

        private final String code;

        Ink(String code) {
            this.code = code;
        }
    }

    String ink(Ink ink, String text) {
        return colour && !text.isEmpty() ? "\u001b[" + ink.code + "m" + text + "\u001b[0m" : text;
    }

    /** A bar of up to {@code width} characters. */
    String bar(int value, int largest, int width) {
        int length = largest == 0 ? 0 : (int) Math.round((double) width * Math.min(value, largest) / largest);
        return (unicode ? "█" : "#").repeat(length) + " ".repeat(width - length);
    }

    String mark(View.State state) {
        return switch (state) {
            case PENDING -> unicode ? "·" : "-";
            case RUNNING -> ink(Ink.CYAN, unicode ? "▶" : ">");
            case OK -> ink(Ink.GREEN, unicode ? "✔" : "+");
            case WRONG -> ink(Ink.RED, unicode ? "✘" : "X");
        };
    }
}
