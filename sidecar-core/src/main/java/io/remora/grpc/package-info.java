/**
 * grpc-java joined to Remora: targets {@code k8s:///service:port}, whose endpoints are pushed, and the load balancing policy
 * {@code remora}, which chooses an endpoint for every call.
 */
@NullMarked
package io.remora.grpc;

import org.jspecify.annotations.NullMarked;
