package io.remora.kubernetes;

/** Which Services are watched (setting {@code scope}). */
public enum WatchScope {
    /** Those of all namespaces, or of the named ones, from the start. Memory and traffic follow the size of the cluster. */
    ALL("all"),
    /** Each from its first connection until it is no longer used. Memory and traffic follow what the pod uses. */
    ON_DEMAND("on-demand");

    private final String text;

    WatchScope(String text) {
        this.text = text;
    }

    /** As settings write it. */
    public String text() {
        return text;
    }
}
