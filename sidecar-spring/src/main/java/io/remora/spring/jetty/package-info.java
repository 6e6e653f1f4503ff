/** How Jetty's HTTP client is led to a pod, for its blocking and its reactive users. */
@NullMarked
package io.remora.spring.jetty;

import org.jspecify.annotations.NullMarked;
