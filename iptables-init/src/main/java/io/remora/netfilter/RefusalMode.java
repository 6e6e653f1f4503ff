package io.remora.netfilter;

/** Whether the rules spread the captured addresses over many ports, so that the agent can refuse each by not listening. */
public enum RefusalMode {
    /** Where it can be and is exact: nftables, an agent that knows every Service, and ports that nobody else is given. */
    AUTO,
    /** Certainly; whatever stands in the way is an error. */
    ON,
    /** All connections go to the one capture port. */
    OFF
}
