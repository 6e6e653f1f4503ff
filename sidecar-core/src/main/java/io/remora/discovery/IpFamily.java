package io.remora.discovery;

/** The two IP address families of a Service ({@code spec.ipFamilies}) and of an EndpointSlice ({@code addressType}). */
public enum IpFamily {
    IPV4,
    IPV6
}
