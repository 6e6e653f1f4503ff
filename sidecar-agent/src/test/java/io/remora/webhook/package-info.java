@NullMarked
package io.remora.webhook;

import org.jspecify.annotations.NullMarked;
