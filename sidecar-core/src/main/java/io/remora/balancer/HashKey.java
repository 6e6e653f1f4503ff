package io.remora.balancer;

import io.remora.discovery.IpAddress;

/** What a consistent hash starts from: 64 well mixed bits that are the same in every process. */
final class HashKey {

    private HashKey() {}

    /** Returns the hash of what the configuration names; of the client's address without it; of chance without either. */
    static long of(PickContext context, BalancerConfig.HashOn hashOn) {
        String key = context.hashKey();
        if (key != null && hashOn.header() != null) {
            return mix(key.hashCode()); // as the Java language specifies it
        }
        IpAddress client = context.client();
        return client == null ? context.random().nextLong() : of(client);
    }

    static long of(IpAddress address) {
        return mix(address.low() ^ mix(address.high()));
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood, 2014), one of the 64-bit mixers of Stafford. */
    static long mix(long bits) {
        long mixed = bits + 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }
}
