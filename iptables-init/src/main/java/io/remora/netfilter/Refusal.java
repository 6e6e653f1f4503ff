package io.remora.netfilter;

/**
 * How connections to Services without a usable endpoint come to be refused by the kernel.
 *
 * @param mode whether the captured addresses are spread
 * @param ports over which ports
 * @param allServices whether the agent knows the Services of all namespaces; else it never refuses
 */
public record Refusal(RefusalMode mode, HashedPorts ports, boolean allServices) {

    /** One port for all, the capture port. */
    public static final Refusal OFF = new Refusal(RefusalMode.OFF, HashedPorts.DEFAULT, true);
}
