@NullMarked
package io.remora.spring.grpc;

import org.jspecify.annotations.NullMarked;
