/**
 * {@code remora check}: tells what keeps Remora from working, before it is installed and after.
 *
 * <p>Starting points: {@link io.remora.check.CheckCommand}; a {@code Check} is one question, its {@code Findings} the answers.
 * Checks of a cluster ask a {@code Cluster}, those inside a pod an {@code AgentPages}.
 */
@NullMarked
package io.remora.check;

import org.jspecify.annotations.NullMarked;
