/**
 * The data plane for opaque TCP: accepts what the rules redirect, finds where it was going, picks an endpoint and moves
 * the bytes. Linux only: it needs epoll and SO_ORIGINAL_DST, which Netty's native transport brings.
 *
 * <p>Sockets are driven directly on Netty's epoll event loops, edge-triggered, and not as Netty channels. A channel reads
 * all that its socket holds once the peer has ended or reset its stream, whether anyone can take it or not; here bytes
 * that have no place to go stay in the kernel. Bytes pass through one buffer per event loop, so a connection holds memory
 * of its own only for what its other side does not take.
 *
 * <p>Starting points: {@link io.remora.relay.RelayServer} listens, {@link io.remora.relay.UpstreamConnector} is the ladder
 * of connect attempts, {@link io.remora.relay.Tunnel} moves bytes, half-closes and resets.
 */
@NullMarked
package io.remora.relay;

import org.jspecify.annotations.NullMarked;
