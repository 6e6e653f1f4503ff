@NullMarked
package io.remora.agent;

import org.jspecify.annotations.NullMarked;
