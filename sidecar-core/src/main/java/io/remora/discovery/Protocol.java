package io.remora.discovery;

/** Transport protocol of a Service port ({@code core/v1 Protocol}). Remora relays TCP and leaves the others alone. */
public enum Protocol {
    TCP,
    UDP,
    SCTP
}
