/**
 * The admission webhook: injects the pods of labelled namespaces when they are created, with {@link io.remora.inject.Injector}.
 */
@NullMarked
package io.remora.webhook;

import org.jspecify.annotations.NullMarked;
