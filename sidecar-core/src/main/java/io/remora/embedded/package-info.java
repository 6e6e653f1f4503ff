/** Remora in an application's own process: everything a {@link io.remora.client.RequestBalancer} needs, assembled. */
@NullMarked
package io.remora.embedded;

import org.jspecify.annotations.NullMarked;
