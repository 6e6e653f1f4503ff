/**
 * What Remora knows of a cluster, as plain immutable values, and the interface through which it learns them. No client
 * library appears here: a {@link io.remora.discovery.DiscoverySource} turns whatever it watches into
 * {@link io.remora.discovery.DiscoveryEvent}s.
 *
 * <p>Starting points: {@link io.remora.discovery.ServiceSnapshot} is a Service with its endpoints as the API tells them;
 * {@link io.remora.discovery.StaticDiscoverySource} serves fixed ones.
 */
@NullMarked
package io.remora.discovery;

import org.jspecify.annotations.NullMarked;
