/** Tests of the rules, of the program, and of what the kernel makes of them. */
@NullMarked
package io.remora.netfilter;

import org.jspecify.annotations.NullMarked;
