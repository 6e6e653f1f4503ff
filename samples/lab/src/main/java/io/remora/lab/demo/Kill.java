package io.remora.lab.demo;

/**
 * The time in which a pod was killed.
 *
 * @param fromMicros when it began to die, in microseconds since 1970
 * @param toMicros when it was dead: a connection that begins later is a new one, and must not fail
 */
record Kill(long fromMicros, long toMicros) {
    /** No pod was killed. */
    static final Kill NONE = new Kill(Long.MAX_VALUE, Long.MIN_VALUE);

    /** Whether a failed request was under way while the pod died. */
    boolean explains(Sample failed) {
        return failed.startMicros() < toMicros && failed.endMicros() >= fromMicros;
    }
}
