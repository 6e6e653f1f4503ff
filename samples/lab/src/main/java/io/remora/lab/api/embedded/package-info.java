/**
 * The embedded API server: enough of the Kubernetes API for Services, EndpointSlices, Pods, Nodes and accounts, over one
 * Netty event loop that owns every mutable thing here.
 */
@NullMarked
package io.remora.lab.api.embedded;

import org.jspecify.annotations.NullMarked;
