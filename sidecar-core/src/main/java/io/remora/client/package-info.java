/**
 * Requests of this process, balanced where they are made: which Service a host name means, which of its endpoints each
 * request goes to, and how it ended. What the HTTP clients and grpc-java are joined to.
 */
@NullMarked
package io.remora.client;

import org.jspecify.annotations.NullMarked;
