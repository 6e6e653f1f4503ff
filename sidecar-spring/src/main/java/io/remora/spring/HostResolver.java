package io.remora.spring;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Finds the addresses of a host. */
@FunctionalInterface
interface HostResolver {

    /** As the machine's resolver has it. */
    HostResolver SYSTEM = InetAddress::getAllByName;

    /**
     * Returns every address.
     *
     * @throws UnknownHostException if there is none
     */
    InetAddress[] resolve(String host) throws UnknownHostException;
}
