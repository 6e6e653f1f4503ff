package io.remora.discovery;

/**
 * An address of the Service's load balancer ({@code status.loadBalancer.ingress[]}).
 *
 * @param proxied the {@code ipMode} is {@code Proxy}: traffic to it must go to the load balancer (KEP-1860)
 */
public record IngressAddress(IpAddress ip, boolean proxied) {}
