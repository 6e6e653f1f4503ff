/**
 * The choice among eligible endpoints. A {@link io.remora.balancer.Balancer} gives out a {@link io.remora.balancer.Pick},
 * whose holder completes it exactly once; between the two the endpoint counts it as in flight. Nothing here takes a lock.
 *
 * <p>Starting points: {@link io.remora.balancer.BalancerRegistry} has the balancer of each Destination,
 * {@link io.remora.balancer.BalancerPolicy} names the algorithms.
 */
@NullMarked
package io.remora.balancer;

import org.jspecify.annotations.NullMarked;
