package io.remora.samples.shop.web;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** The pod of stock that misbehaves on demand. Thread-safe. */
@Component
class StockControl {
    private final RestClient http;
    private final ShopSettings settings;

    StockControl(RestClient http, ShopSettings settings) {
        this.http = http;
        this.settings = settings;
    }

    /** How it behaves; null if it does not answer. */
    @Nullable
    String behaviour() {
        try {
            String answer = http.get()
                    .uri(settings.stockControlUrl().resolve("/behaviour"))
                    .retrieve()
                    .body(String.class);
            return answer == null ? null : answer.strip();
        } catch (RestClientException e) {
            return null;
        }
    }

    /** @throws PartFailedException if it does not answer, or knows no such behaviour */
    void behave(String behaviour) {
        try {
            http.post()
                    .uri(settings.stockControlUrl().resolve("/behaviour/" + behaviour))
                    .retrieve()
                    .toBodilessEntity();
        } catch (RestClientException e) {
            throw new PartFailedException(
                    Part.STOCK, "stock-v2: " + e.getMostSpecificCause().getMessage(), e);
        }
    }
}
