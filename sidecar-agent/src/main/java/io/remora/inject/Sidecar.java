package io.remora.inject;

import java.util.Locale;
import java.util.Optional;

/** What an agent is in its pod. */
public enum Sidecar {
    /** An init container with {@code restartPolicy: Always}, for Kubernetes 1.29 and newer. */
    NATIVE,
    /** The first of the containers, for older clusters. */
    PLAIN;

    /** The one with a name, as flags and annotations have it; empty if there is none. */
    static Optional<Sidecar> named(String name) {
        for (Sidecar sidecar : values()) {
            if (sidecar.toString().equals(name)) {
                return Optional.of(sidecar);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
