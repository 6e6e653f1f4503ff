package io.remora.kubernetes;

import java.time.Duration;

/**
 * The requests for one kind of object in one namespace, or in all of them.
 *
 * @param objects what is asked for, for people, like {@code services in namespace shop}
 * @param path of the list, from the first slash
 * @param selector the query that selects the wanted objects, like {@code &labelSelector=x}; or empty
 * @param extent how much that is
 */
record ResourcePath(String objects, String path, String selector, Extent extent) {

    /** How much is listed. */
    enum Extent {
        /** Most of a cluster, perhaps. */
        MANY,
        /** What belongs to one Service: to list it costs no more than to find out whether that is necessary. */
        FEW,
        /** As {@link #FEW}, and one object by its name: if the cache does not have it, the newest state is asked for. */
        ONE
    }

    /** The list for people, as it can be asked for by hand. */
    String address() {
        return extent == Extent.MANY ? path : path + "?" + selector.substring(1);
    }

    /** Any version will do, so that the API server answers from its cache. */
    String listFromCache() {
        return path + "?resourceVersion=0" + selector;
    }

    /** The newest state: an older one would take back what a watch has told. */
    String listNewest() {
        return path + "?limit=0" + selector;
    }

    /** The newest version, and one object. */
    String probe() {
        return path + "?limit=1" + selector;
    }

    /**
     * All changes after a version.
     *
     * @param lifetime after which the API server is asked to end the watch; in whole seconds
     */
    String watch(String version, Duration lifetime) {
        return path + "?watch=true&allowWatchBookmarks=true&resourceVersion=" + version + "&timeoutSeconds="
                + lifetime.toSeconds() + selector;
    }
}
