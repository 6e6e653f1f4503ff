/**
 * Spring Cloud's own balancing and discovery over Remora: what is {@code @LoadBalanced} takes the endpoint that Remora picks,
 * and {@code DiscoveryClient} lists the endpoints that it knows.
 */
@NullMarked
package io.remora.spring.cloud;

import org.jspecify.annotations.NullMarked;
