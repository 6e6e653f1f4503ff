@NullMarked
package io.remora.lab.demo;

import org.jspecify.annotations.NullMarked;
