/** The lab's network: namespaces, bridges, veth pairs, addresses and routes, and the process that holds them. */
@NullMarked
package io.remora.lab.net;

import org.jspecify.annotations.NullMarked;
