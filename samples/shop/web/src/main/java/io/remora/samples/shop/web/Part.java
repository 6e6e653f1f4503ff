package io.remora.samples.shop.web;

import java.util.Locale;

/** What the shop is made of, besides this application: each is a Service. */
enum Part {
    CATALOG,
    STOCK,
    REVIEWS;

    /** The Service's name. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
