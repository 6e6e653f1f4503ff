/** A browser, for tests of pages. */
@NullMarked
package io.remora.lab.browser;

import org.jspecify.annotations.NullMarked;
