package io.remora.lab.demo;

/**
 * How a step of the demo went.
 *
 * @param ok whether everything that it claims was true
 * @param text what was seen, or what was not true
 */
record StepResult(boolean ok, String text) {}
