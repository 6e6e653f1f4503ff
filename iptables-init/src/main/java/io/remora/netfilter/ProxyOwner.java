package io.remora.netfilter;

/**
 * The user and the group that the agent runs as, and nobody else in the pod. Sockets of either are left alone.
 *
 * @param uid user id, 1 to 4294967294
 * @param gid group id, 1 to 4294967294
 */
public record ProxyOwner(long uid, long gid) implements Proxy {
    /** 1337:1337. */
    public static final ProxyOwner DEFAULT = new ProxyOwner(1337, 1337);
}
