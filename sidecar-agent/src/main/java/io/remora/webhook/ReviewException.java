package io.remora.webhook;

/** What was sent is no review; the message says why. */
final class ReviewException extends Exception {

    private static final long serialVersionUID = 1L;

    ReviewException(String message) {
        super(message);
    }
}
