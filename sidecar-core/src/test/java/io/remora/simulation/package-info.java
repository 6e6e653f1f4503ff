/**
 * A deterministic simulation of sick endpoints: the real registry, balancers, health and connect ladder, on a virtual clock,
 * against scripted endpoints and clients. Its results are committed under docs/simulation.
 */
@NullMarked
package io.remora.simulation;

import org.jspecify.annotations.NullMarked;
