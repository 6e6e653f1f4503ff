package io.remora.simulation;

/**
 * What kind of pod an endpoint is.
 *
 * @param group under which its share is reported
 * @param zone it runs in
 * @param workers requests served at a time
 * @param pace how many times longer than on a good pod everything takes
 * @param coldPace how many times longer it takes when it has just begun
 * @param warmUpSeconds until it is as fast as it gets
 * @param roundTripNanos to it and back from its own zone
 */
record PodSpec(
        String group,
        String zone,
        int workers,
        double pace,
        double coldPace,
        double warmUpSeconds,
        long roundTripNanos) {

    /** How many times longer the way to another zone is. */
    private static final int OTHER_ZONE = 4;

    /** A good one, among others of its kind. */
    static final PodSpec GOOD = new PodSpec("well", "zone-a", 2, 1, 10, 20, Seconds.toNanos(0.0005));

    PodSpec group(String other) {
        return new PodSpec(other, zone, workers, pace, coldPace, warmUpSeconds, roundTripNanos);
    }

    PodSpec zone(String other) {
        return new PodSpec(group, other, workers, pace, coldPace, warmUpSeconds, roundTripNanos);
    }

    PodSpec pace(double other) {
        return new PodSpec(group, zone, workers, other, coldPace, warmUpSeconds, roundTripNanos);
    }

    /** The way to it and back for a client of a zone. */
    long roundTripNanos(String from) {
        return from.equals(zone) ? roundTripNanos : OTHER_ZONE * roundTripNanos;
    }
}
