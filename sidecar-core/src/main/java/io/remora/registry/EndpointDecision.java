package io.remora.registry;

import io.remora.discovery.Endpoint;

/** An endpoint of a Destination and whether it may be used, with the reason. */
public record EndpointDecision(Endpoint endpoint, Eligibility eligibility) {}
