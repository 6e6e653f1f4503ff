@NullMarked
package io.remora.lab.api;

import org.jspecify.annotations.NullMarked;
