package io.remora.webhook;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** What the webhook did, in Prometheus' text format. Thread-safe. */
final class WebhookMetrics {

    private final Map<Reviewer.Verdict, LongAdder> verdicts = new EnumMap<>(Reviewer.Verdict.class);
    private final LongAdder malformed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongSupplier certificateUntil;

    /** @param certificateUntil when the certificate expires, in seconds since 1970 */
    WebhookMetrics(LongSupplier certificateUntil) {
        this.certificateUntil = certificateUntil;
        for (Reviewer.Verdict verdict : Reviewer.Verdict.values()) {
            verdicts.put(verdict, new LongAdder());
        }
    }

    void reviewed(Reviewer.Verdict verdict) {
        LongAdder count = verdicts.get(verdict);
        if (count != null) {
            count.increment();
        }
    }

    void malformed() {
        malformed.increment();
    }

    void failed() {
        failed.increment();
    }

    String text() {
        StringBuilder text = new StringBuilder("""
                # HELP remora_webhook_reviews_total Reviews, by what became of them.
                # TYPE remora_webhook_reviews_total counter
                """);
        verdicts.forEach((verdict, count) -> line(text, verdict.name().toLowerCase(Locale.ROOT), count));
        line(text, "malformed", malformed);
        line(text, "failed", failed);
        return text.append("""
                # HELP remora_webhook_certificate_expiry_seconds When the certificate expires, since 1970.
                # TYPE remora_webhook_certificate_expiry_seconds gauge
                remora_webhook_certificate_expiry_seconds %d
                """.formatted(certificateUntil.getAsLong())).toString();
    }

    private static void line(StringBuilder text, String result, LongAdder count) {
        text.append("remora_webhook_reviews_total{result=\"")
                .append(result)
                .append("\"} ")
                .append(count.sum())
                .append('\n');
    }
}
