package io.remora.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds what somebody may have meant who mistyped a name. Stateless. */
public final class NearNames {

    private static final int MOST_EDITS = 3;

    private NearNames() {}

    /**
     * Returns the names that are the given one but for one edit in three letters, and three edits at the most, whatever
     * the case; nearest first, at most {@code limit}. Two neighbouring letters that changed places are one edit.
     */
    public static List<String> find(String given, Collection<String> names, int limit) {
        return find("", given, names, limit);
    }

    /** As {@link #find(String, Collection, int)}, where a prefix that all names have does not count as likeness. */
    public static List<String> find(String prefix, String given, Collection<String> names, int limit) {
        String bare = bare(prefix, given);
        int most = Math.min(MOST_EDITS, Math.max(1, bare.length() / MOST_EDITS));
        record Near(String name, int edits) {}
        return names.stream()
                .map(name -> new Near(name, edits(bare, bare(prefix, name))))
                .filter(near -> near.edits() <= most && near.edits() < bare.length())
                .sorted(Comparator.comparingInt(Near::edits).thenComparing(Near::name))
                .limit(limit)
                .map(Near::name)
                .toList();
    }

    /** Returns {@code "; did you mean NAME?"} of the nearest name; empty if none is near. */
    public static String hint(String prefix, String given, Collection<String> names) {
        List<String> near = find(prefix, given, names, 1);
        return near.isEmpty() ? "" : "; did you mean " + near.get(0) + "?";
    }

    private static String bare(String prefix, String name) {
        return (name.startsWith(prefix) ? name.substring(prefix.length()) : name).toLowerCase(Locale.ROOT);
    }

    /** Damerau and Levenshtein's distance, where nothing is edited twice. */
    private static int edits(String from, String to) {
        int[][] edits = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                edits[i][j] = i == 0 || j == 0 ? i + j : least(edits, from, to, i, j);
            }
        }
        return edits[from.length()][to.length()];
    }

    private static int least(int[][] edits, String from, String to, int i, int j) {
        int changed = edits[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        int least = Math.min(changed, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(least, edits[i - 2][j - 2] + 1) : least;
    }
}
