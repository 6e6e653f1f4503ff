package io.remora.agent;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/** How long the parts of a request to the admin server may be, and the answers to those that are longer. */
final class AdminLimits {

    /** Bytes of the request line. */
    static final int LINE = 4096;

    /** Bytes of all header fields. */
    static final int HEADERS = 8192;

    /** Bytes of the body. */
    static final int BODY = 16 * 1024;

    /** Bytes that are decoded at once. */
    static final int CHUNK = 8192;

    private AdminLimits() {}

    /** Answers what cannot be decoded. */
    static AdminResponse undecodable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return AdminResponse.text(
                    HttpResponseStatus.REQUEST_URI_TOO_LONG, "the request line may have " + LINE + " bytes");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return AdminResponse.text(
                    HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    "the header fields together may have " + HEADERS + " bytes");
        }
        return AdminResponse.text(HttpResponseStatus.BAD_REQUEST, "this is not an HTTP request");
    }

    /** Answers a body that is too long. */
    static AdminResponse bodyTooLong() {
        return AdminResponse.text(
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                "the body may have " + BODY + " bytes, and no page takes one: give parameters behind a '?'");
    }
}
