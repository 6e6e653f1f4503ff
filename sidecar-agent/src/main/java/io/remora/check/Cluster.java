package io.remora.check;

/** The API of a cluster. */
interface Cluster {

    /** Where it is. */
    String address();

    /**
     * Gets something; the same again need not ask again.
     *
     * @throws UnreachableException if there is no answer
     */
    Reply get(String path);

    /**
     * Posts an object.
     *
     * @throws UnreachableException if there is no answer
     */
    Reply post(String path, String json);

    /** There is no answer; the message says why, and where to look. */
    final class UnreachableException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        UnreachableException(String message) {
            super(message);
        }
    }
}
