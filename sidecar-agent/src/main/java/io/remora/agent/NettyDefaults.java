package io.remora.agent;

/** Netty's switches as the agent wants them, unless the user set them; read by Netty's classes when they load. */
final class NettyDefaults {

    private NettyDefaults() {}

    static void apply() {
        // Flight recorder events for each buffer: their classes are woven at run time, which costs a slow first
        // request.
        set("io.netty.jfr.enabled", "false");
        // Part of a channel's name, which is seen in this process only. Netty looks for a MAC address otherwise, and
        // warns where there is none but loopback's. This one is locally administered, and nobody's.
        set("io.netty.machineId", "02:00:00:00:00:00");
    }

    private static void set(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
