package io.remora.netfilter;

/**
 * One rule of a chain.
 *
 * @param spec what follows {@code -A CHAIN}, written as iptables-save writes it
 * @param purpose why it is there, for people
 */
public record Rule(String spec, String purpose) {}
