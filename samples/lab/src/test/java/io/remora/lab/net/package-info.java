@NullMarked
package io.remora.lab.net;

import org.jspecify.annotations.NullMarked;
