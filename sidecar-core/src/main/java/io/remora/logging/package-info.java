/** What an operator reads of the registry and of the endpoints' health, in an agent and in an application alike. */
@NullMarked
package io.remora.logging;

import org.jspecify.annotations.NullMarked;
