/** The whole path, end to end, in a lab: rules, agent, API server, clients and servers as processes of their own. */
@NullMarked
package io.remora.lab.e2e;

import org.jspecify.annotations.NullMarked;
