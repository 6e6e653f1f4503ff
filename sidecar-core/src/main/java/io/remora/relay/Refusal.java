package io.remora.relay;

import io.remora.discovery.TransportAddress;

/** Which connections the kernel refuses because the relay does not listen for them. Thread-safe. */
public interface Refusal {

    /** No connection is refused. */
    Refusal NONE = new Refusal() {
        @Override
        public boolean refuses(TransportAddress address) {
            return false;
        }

        @Override
        public String reason(TransportAddress address) {
            return "remora.refusal is off";
        }
    };

    /** Whether a connection to an address is refused at its SYN now; one that is not comes to the relay. */
    boolean refuses(TransportAddress address);

    /** Returns why {@link #refuses} says so, for people. */
    String reason(TransportAddress address);
}
