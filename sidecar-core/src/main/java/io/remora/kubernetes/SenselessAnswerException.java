package io.remora.kubernetes;

/** What came, though it was called a success, is no answer of an API server. */
final class SenselessAnswerException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    /**
     * @param message what is wrong with it, with its beginning where that helps
     */
    SenselessAnswerException(String message) {
        super(message);
    }
}
