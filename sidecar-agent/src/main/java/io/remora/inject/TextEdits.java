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

    String between(int from, int to) {
        return text.substring(from, to);
    }

    void insert(int at, String inserted) {
        edits.add(new Edit(at, at, inserted));
    }

    /** @param at where a line begins, or the end of the text */
    void insertLines(int at, List<String> lines) {
        StringBuilder inserted = new StringBuilder();
        if (at == text.length() && at > 0 && text.charAt(at - 1) != '\n') {
            inserted.append(lineEnd);
        }
        lines.forEach(line -> inserted.append(line).append(lineEnd));
        insert(at, inserted.toString());
    }

    void remove(int from, int to) {
        edits.add(new Edit(from, to, ""));
    }

    /** Those of one place are made in the order in which they were given. */
    String apply() {
        StringBuilder result = new StringBuilder();
        int done = 0;
        List<Edit> sorted = edits.stream()
                .sorted(Comparator.comparingInt(Edit::from)) // which keeps the order of equals
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
