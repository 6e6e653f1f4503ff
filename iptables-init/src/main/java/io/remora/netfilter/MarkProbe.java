package io.remora.netfilter;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.function.LongSupplier;

/**
 * Dials, with the agent's type of service, an address that the rules capture otherwise, and has the rule that lets such
 * connections through count it. Nobody needs to answer: the rule is met before the call returns.
 */
final class MarkProbe {

    private final ProxyDscp mark;

    MarkProbe(ProxyDscp mark) {
        this.mark = mark;
    }

    /**
     * @param target an address that the rules capture
     * @param port a port that they capture
     * @param letThrough how many packets the rule has counted
     * @return for people
     * @throws InitFailure when the rule did not count it
     */
    String prove(Address target, int port, LongSupplier letThrough) {
        long before = letThrough.getAsLong();
        String failure = dial(target, port);
        if (letThrough.getAsLong() > before) {
            return "a connection with the DSCP " + mark.value() + " was left alone";
        }
        throw new InitFailure(
                ExitCode.PROBE_FAILED,
                "a connection to " + target + " port " + port + " with the DSCP " + mark.value() + " was not left alone"
                        + failure + ": the agent's own dials would come back to it",
                "look for other rules that take it first, or that change the type of service before the nat table (mangle"
                        + " OUTPUT); where the agent has a user of its own, --proxy-uid and --proxy-gid need no DSCP");
    }

    /** Begins to connect, and gives it up. Returns what was wrong with it; empty if nothing. */
    private String dial(Address target, int port) {
        StandardProtocolFamily family =
                target.family() == Family.IPV4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
        try (SocketChannel channel = SocketChannel.open(family)) {
            channel.setOption(StandardSocketOptions.IP_TOS, mark.trafficClass());
            channel.setOption(StandardSocketOptions.SO_LINGER, 0); // leaves no TIME_WAIT behind
            channel.configureBlocking(false);
            channel.connect(new InetSocketAddress(target.toInetAddress(), port));
            return "";
        } catch (IOException failure) {
            return " (" + failure.getMessage() + ")";
        }
    }
}
