package io.remora.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds what somebody may have meant who mistyped a name. */
public final class NearNames {

    private NearNames() {}

    /** Returns the names within a third of the given one's length, at least two edits, nearest first; at most {@code limit}. */
    public static List<String> find(String given, Collection<String> names, int limit) {
        int most = Math.max(2, given.length() / 3);
        record Near(String name, int edits) {}
        return names.stream()
                .map(name -> new Near(name, edits(given, name)))
                .filter(near -> near.edits() <= most)
                .sorted(Comparator.comparingInt(Near::edits).thenComparing(Near::name))
                .limit(limit)
                .map(Near::name)
                .toList();
    }

    static String hint(String given, Collection<String> names) {
        List<String> near = find(given, names, 1);
        return near.isEmpty() ? "" : "; did you mean " + near.get(0) + "?";
    }

    /** Levenshtein distance. */
    private static int edits(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int j = 0; j < above.length; j++) {
            above[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[above.length];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[to.length()];
    }
}
