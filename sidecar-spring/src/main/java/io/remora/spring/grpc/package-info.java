/** Spring gRPC's client channels: targets {@code k8s:///service:port} are balanced by the application's own Remora. */
@NullMarked
package io.remora.spring.grpc;

import org.jspecify.annotations.NullMarked;
