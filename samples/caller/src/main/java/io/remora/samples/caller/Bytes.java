package io.remora.samples.caller;

import org.jspecify.annotations.Nullable;

/** Bodies of many bytes, in chunks. Stateless. */
final class Bytes {
    static final int CHUNK = 64 * 1024;

    private Bytes() {}

    /** Returns the next one, where so many bytes are left. */
    static byte[] chunk(long left) {
        return new byte[(int) Math.min(left, CHUNK)];
    }

    /**
     * Returns the name of the server.
     *
     * @param received how many bytes came from it
     * @param answer what it says of those that it got: its name, a blank, how many
     * @throws IllegalStateException if they are not all there
     */
    static String checked(long bytes, @Nullable Long received, @Nullable String answer) {
        if (received == null || received != bytes || answer == null || !answer.endsWith(" " + bytes)) {
            throw new IllegalStateException(
                    "of " + bytes + " bytes, " + received + " came, and the server got those of: " + answer);
        }
        return answer.substring(0, answer.indexOf(' '));
    }
}
