package io.remora.relay;

/**
 * How connections to Services without a usable endpoint come to be refused by the kernel: the init step's rules spread the
 * addresses over ports, and the relay does not listen on those that lead to such Services only.
 *
 * @param mode whether the relay listens on the ports
 * @param firstPort the first of them
 * @param lastPort the last of them; 2 to 4096 ports in all
 */
public record RefusalConfig(Mode mode, int firstPort, int lastPort) {

    /** On, on the init step's default ports, which are above the ephemeral ones. */
    public static final RefusalConfig DEFAULT = new RefusalConfig(Mode.AUTO, 61000, 62023);

    /** No ports but the capture port. */
    public static final RefusalConfig OFF = new RefusalConfig(Mode.OFF, DEFAULT.firstPort, DEFAULT.lastPort);

    private static final int MOST = 4096;

    /** As the init step takes it, so that one variable can tell both. */
    public enum Mode {
        /** The relay listens, and refuses where the rules spread. */
        AUTO("auto"),
        /** The same; the init step makes sure that the rules spread. */
        ON("on"),
        /** Connections are accepted and reset at once. */
        OFF("off");

        private final String text;

        Mode(String text) {
            this.text = text;
        }

        /** As it is written. */
        public String text() {
            return text;
        }
    }

    public RefusalConfig {
        Problems problems = new Problems();
        int count = lastPort - firstPort + 1;
        if (firstPort < 1 || lastPort > 65535 || count < 2 || count > MOST) {
            problems.add("remora.refusal-ports must be 2 to " + MOST + " ports from 1 to 65535: " + firstPort + "-"
                    + lastPort);
        }
        problems.throwIfAny();
    }

    /** Whether the relay listens on the ports. */
    public boolean enabled() {
        return mode != Mode.OFF;
    }

    /** Whether a port is one of them. */
    public boolean holds(int port) {
        return firstPort <= port && port <= lastPort;
    }
}
