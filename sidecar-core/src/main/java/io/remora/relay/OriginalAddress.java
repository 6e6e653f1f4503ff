package io.remora.relay;

import io.netty.channel.unix.Socket;
import io.remora.discovery.IpFamily;
import io.remora.discovery.TransportAddress;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Tells where an accepted connection was going before the rules redirected it. Thread-safe. */
@FunctionalInterface
public interface OriginalAddress {

    /**
     * Reads the original address.
     *
     * @param accepted the accepted socket
     * @param family of the listener that accepted it
     * @return null if the connection was not redirected; the listener's own address means the same
     * @throws IOException if the socket cannot tell, as when its client has reset it
     */
    @Nullable
    TransportAddress read(Socket accepted, IpFamily family) throws IOException;

    /** What netfilter's connection tracking remembers (SO_ORIGINAL_DST, IP6T_SO_ORIGINAL_DST). */
    static OriginalAddress netfilter() {
        return new NetfilterOriginalAddress();
    }
}
