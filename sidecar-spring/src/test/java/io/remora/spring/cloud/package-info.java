@NullMarked
package io.remora.spring.cloud;

import org.jspecify.annotations.NullMarked;
