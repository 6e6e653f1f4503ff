package io.remora.netfilter;

/**
 * What the rules know the agent's own connections by. They are never captured: a relay whose own dials came back to it would
 * loop.
 */
public sealed interface Proxy permits ProxyOwner, ProxyDscp {}
