/**
 * The rules that hand a pod's TCP connections to Services to the Remora agent: what they are (pure functions from a
 * validated configuration to text) and the program that applies, verifies, proves and removes them.
 *
 * <p>The flow: {@link io.remora.netfilter.Settings} reads flags and variables into a {@link
 * io.remora.netfilter.CaptureConfig} and a {@link io.remora.netfilter.RunConfig}; {@link
 * io.remora.netfilter.CaptureRules} turns the former into rules; {@link io.remora.netfilter.TableChange} compares them
 * with what the kernel has and writes one transaction; {@link io.remora.netfilter.CaptureInstaller} runs it.
 */
@NullMarked
package io.remora.netfilter;

import org.jspecify.annotations.NullMarked;
