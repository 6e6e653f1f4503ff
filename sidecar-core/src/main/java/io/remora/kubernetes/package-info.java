/**
 * Watches Services and EndpointSlices of a Kubernetes API server and tells them as
 * {@link io.remora.discovery.DiscoveryEvent}s. Objects of the client library live here only while one of them is read.
 *
 * <p>Starting point: {@link io.remora.kubernetes.KubernetesDiscoverySource}. Below it, {@code ResourceWatch} keeps one
 * list-and-watch going, {@code ServiceMapper} and {@code EndpointSliceMapper} turn objects into values, and
 * {@code NamespaceState} with its {@code EndpointSliceIndex} turns those into events. A {@code WatchPlan} decides what is
 * watched: {@code AllServices}, or {@code OnDemandServices} with a {@code ServiceWatch} for each Service in use.
 */
@NullMarked
package io.remora.kubernetes;

import org.jspecify.annotations.NullMarked;
