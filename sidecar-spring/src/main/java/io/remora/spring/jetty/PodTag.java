package io.remora.spring.jetty;

import java.net.InetSocketAddress;

/**
 * Tells Jetty the pod for one request: Jetty keeps a pool of connections for each tag, and shows the tag to the
 * {@link JettyPodResolver} when a connection is to be made. Immutable.
 *
 * @param host the Service's, as the URL has it
 * @param port the Service's
 * @param address of the pod, with the host for a name: Jetty checks the certificate against that
 */
public record PodTag(String host, int port, InetSocketAddress address) {}
