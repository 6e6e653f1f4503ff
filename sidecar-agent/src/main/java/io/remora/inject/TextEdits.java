package io.remora.inject;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Changes of a text, made all at once, by places in the text as it was. Not thread-safe. */
final class TextEdits {

    private final String text;
    private final String lineEnd;
    private final List<Edit> edits = new ArrayList<>();

    private record Edit(int from, int to, String replacement) {}

    TextEdits(String text) {
        this.text = text;
        this.lineEnd = text.contains("\r\n") ? "\r\n" : "\n";
    }

    /** Where a mark of the parser is, which counts code points. */
    int offset(Mark mark) {
        return text.offsetByCodePoints(0, mark.getIndex());
    }

    int lineStart(int offset) {
        return text.lastIndexOf('\n', offset - 1) + 1;
    }

    /** Where the line after that of an offset begins; the end of the text if there is none. */
    int nextLine(int offset) {
        int end = text.indexOf('\n', offset);
        return end < 0 ? text.length() : end + 1;
    }

    char at(int offset) {
        return text.charAt(offset);
    }

    int indexOf(char character, int from) {
        return text.indexOf(character, from);
    }

    String between(int from, int to) {
        return text.substring(from, to);
    }

    void insert(int at, String inserted) {
        edits.add(new Edit(at, at, inserted));
    }

    /**
     * Adds lines; a text without an end of its last line stays without.
     *
     * @param at where a line begins, or the end of the text
     */
    void insertLines(int at, List<String> lines) {
        String inserted = String.join(lineEnd, lines);
        insert(at, isOpenEnd(at) ? lineEnd + inserted : inserted + lineEnd);
    }

    void remove(int from, int to) {
        edits.add(new Edit(from, to, ""));
    }

    /**
     * Removes lines, as they are added.
     *
     * @param from where the first begins
     * @param to where the line after the last begins, or the end of the text
     */
    void removeLines(int from, int to) {
        int begin = from;
        if (isOpenEnd(to) && from > 0) {
            begin = from > 1 && text.charAt(from - 2) == '\r' ? from - 2 : from - 1;
        }
        remove(begin, to);
    }

    private boolean isOpenEnd(int at) {
        return at == text.length() && at > 0 && text.charAt(at - 1) != '\n';
    }

    /** Those of one place are made in the order in which they were given, what is removed last. */
    String apply() {
        StringBuilder result = new StringBuilder();
        int done = 0;
        List<Edit> sorted = edits.stream()
                .sorted(Comparator.comparingInt(Edit::from) // which keeps the order of equals
                        .thenComparing(edit -> edit.to() > edit.from()))
                .toList();
        for (Edit edit : sorted) {
            if (edit.from() < done) {
                throw new IllegalStateException("edits overlap at " + edit.from());
            }
            result.append(text, done, edit.from()).append(edit.replacement());
            done = edit.to();
        }
        return result.append(text, done, text.length()).toString();
    }
}
