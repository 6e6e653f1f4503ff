/** What every module of Remora may use and no user of it: time, serial execution, back-off. It may change at any time. */
@NullMarked
package io.remora.internal;

import org.jspecify.annotations.NullMarked;
