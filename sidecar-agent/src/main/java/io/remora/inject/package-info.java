/**
 * Adds the init step and the agent to the pods of Kubernetes manifests, and takes them out again, as edits of the text: whatever
 * is not Remora's stays as it was written, comments and order included. {@link io.remora.inject.Injector} is where to begin.
 */
@NullMarked
package io.remora.inject;

import org.jspecify.annotations.NullMarked;
