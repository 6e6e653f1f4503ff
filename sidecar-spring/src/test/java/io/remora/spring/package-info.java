/** Tests of the starter's base. */
@NullMarked
package io.remora.spring;

import org.jspecify.annotations.NullMarked;
