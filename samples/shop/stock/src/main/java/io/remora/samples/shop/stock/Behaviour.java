package io.remora.samples.shop.stock;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a pod answers. It stays Ready with any of them: that is what makes them hard for the others. */
enum Behaviour {
    HEALTHY,
    /** Status 503 at once. */
    ERRORS,
    /** Connections are taken and reset. */
    RESET,
    /** Connections are taken and requests are not answered. */
    HANG,
    /** A good answer, late. */
    SLOW;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Behaviour> of(String label) {
        return Arrays.stream(values())
                .filter(each -> each.label().equals(label))
                .findAny();
    }
}
