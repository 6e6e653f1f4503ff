/**
 * The process in the sidecar container: the {@code remora} command.
 *
 * <p>Starting points: {@link io.remora.agent.Remora} is the command, {@link io.remora.agent.Agent} the wiring of one
 * running agent, {@link io.remora.agent.AdminServer} what it tells over HTTP.
 */
@NullMarked
package io.remora.agent;

import org.jspecify.annotations.NullMarked;
