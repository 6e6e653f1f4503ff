@NullMarked
package io.remora.spring.netty;

import org.jspecify.annotations.NullMarked;
