package io.remora.netfilter;

import java.util.ArrayList;
import java.util.List;

/** Splits text without regular expressions, whose classes cost start time. */
final class Text {

    private Text() {}

    /** The non-empty lines. */
    static List<String> lines(String text) {
        return pieces(text, "\n");
    }

    /** The words between white space and commas. */
    static List<String> words(String line) {
        return pieces(line, " \t\n,");
    }

    /** The non-empty pieces between any of the separators. */
    private static List<String> pieces(String text, String separators) {
        List<String> pieces = new ArrayList<>();
        int from = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean inside = i < text.length() && separators.indexOf(text.charAt(i)) < 0;
            if (inside && from < 0) {
                from = i;
            } else if (!inside && from >= 0) {
                pieces.add(text.substring(from, i));
                from = -1;
            }
        }
        return pieces;
    }
}
