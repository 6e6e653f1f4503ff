package io.remora.samples.shop.web;

/** A part gave no good answer. */
final class PartFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Part part;

    PartFailedException(Part part, String message, Throwable cause) {
        super(message, cause);
        this.part = part;
    }

    PartFailedException(Part part, String message) {
        super(message);
        this.part = part;
    }

    Part part() {
        return part;
    }
}
