@NullMarked
package io.remora.config;

import org.jspecify.annotations.NullMarked;
