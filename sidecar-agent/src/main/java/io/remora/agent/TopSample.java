package io.remora.agent;

/**
 * What an agent said at one moment.
 *
 * @param nanos when, on this process's monotonic clock
 */
record TopSample(long nanos, ServicesView view) {}
