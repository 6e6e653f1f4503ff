package io.remora.netfilter;

/**
 * The user and the group that the agent runs as. Sockets of either are never captured: a relay whose own dials came
 * back to it would loop.
 *
 * @param uid user id, 1 to 4294967294
 * @param gid group id, 1 to 4294967294
 */
public record ProxyOwner(long uid, long gid) {
    /** 1337:1337. */
    public static final ProxyOwner DEFAULT = new ProxyOwner(1337, 1337);
}
