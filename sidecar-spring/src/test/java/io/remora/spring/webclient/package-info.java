@NullMarked
package io.remora.spring.webclient;

import org.jspecify.annotations.NullMarked;
