/**
 * The Services as Remora uses them: which {@link io.remora.registry.Destination} an address leads to, and which of its
 * endpoints are eligible and why. One writer applies discovery events and publishes an immutable
 * {@link io.remora.registry.RegistrySnapshot}; everyone else reads that, without a lock.
 *
 * <p>Starting points: {@link io.remora.registry.ServiceRegistry}, {@link io.remora.registry.EligibilityRule}.
 */
@NullMarked
package io.remora.registry;

import org.jspecify.annotations.NullMarked;
